package dev.loupe.bench;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;

/** A bar plot of how many times as fast Loupe is, graph by graph. */
final class PeerPlot {
  private PeerPlot() {}

  static void write(List<PeerRow> rows, Path png) throws IOException {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(1000)
            .height(480)
            .title("Times as fast as ONNX Runtime on the same CPU, same weights, same output")
            .build();
    List<String> names = rows.stream().map(PeerRow::name).toList();
    chart.addSeries("wall time", names, rows.stream().map(PeerRow::ratio).toList());
    chart.addSeries("processor time", names, rows.stream().map(PeerRow::cpuRatio).toList());
    chart.getStyler().setSeriesColors(new Color[] {new Color(0x0072B2), new Color(0xE69F00)});
    chart
        .getStyler()
        .setXAxisLabelRotation(30)
        .setChartBackgroundColor(Color.WHITE)
        .setPlotBorderVisible(false);
    BitmapEncoder.saveBitmap(chart, png.toString(), BitmapEncoder.BitmapFormat.PNG);
  }
}
