package dev.loupe.chart;

import dev.loupe.image.Image;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A chart of lines over two number axes, one panel of a picture. */
public final class LineChart {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 480;

  /** Pixels drawn for each of the above: sharp on dense screens and in print. */
  private static final int DENSITY = 2;

  private static final String FONT = Font.SANS_SERIF;
  private static final Color INK = new Color(0x26, 0x32, 0x38);
  private static final Color GRID = new Color(0xE3, 0xE7, 0xEA);

  /** Okabe and Ito's colours, told apart by colour-blind eyes too. */
  private static final List<Color> COLOURS =
      List.of(
          new Color(0x00, 0x72, 0xB2),
          new Color(0xE6, 0x9F, 0x00),
          new Color(0xD5, 0x5E, 0x00),
          new Color(0x00, 0x9E, 0x73),
          new Color(0xCC, 0x79, 0xA7));

  private static final List<Marker> MARKERS =
      List.of(
          SeriesMarkers.CIRCLE,
          SeriesMarkers.DIAMOND,
          SeriesMarkers.SQUARE,
          SeriesMarkers.TRIANGLE_UP,
          SeriesMarkers.CROSS);

  private final XYChart chart;

  /** An empty chart. */
  public LineChart(String title, String xAxis, String yAxis) {
    chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(xAxis)
            .yAxisTitle(yAxis)
            .build();
    chart
        .getStyler()
        .setLegendPosition(LegendPosition.OutsideS)
        .setLegendLayout(LegendLayout.Horizontal)
        .setLegendBorderColor(Color.WHITE)
        .setLegendFont(new Font(FONT, Font.PLAIN, 12))
        .setChartTitleFont(new Font(FONT, Font.BOLD, 15))
        .setChartTitleBoxVisible(false)
        .setChartBackgroundColor(Color.WHITE)
        .setPlotBackgroundColor(Color.WHITE)
        .setPlotBorderVisible(false)
        .setChartFontColor(INK)
        .setChartPadding(12);
    chart
        .getStyler()
        .setAxisTitleFont(new Font(FONT, Font.PLAIN, 13))
        .setAxisTickLabelsFont(new Font(FONT, Font.PLAIN, 12))
        .setAxisTickMarksColor(INK)
        .setPlotGridLinesColor(GRID)
        .setPlotGridLinesStroke(new BasicStroke(1))
        .setMarkerSize(7);
  }

  /**
   * Draws a line through points; those that are not finite, as the PSNR of equal pictures, are left
   * out.
   *
   * @param name in the legend
   * @param x ascending
   * @param y as many
   * @return this
   */
  public LineChart line(String name, double[] x, double[] y) {
    return series(name, x, y, MARKERS.get(chart.getSeriesMap().size() % MARKERS.size()));
  }

  /** As {@link #line} without marks at the points: for curves of many. */
  public LineChart curve(String name, double[] x, double[] y) {
    return series(name, x, y, SeriesMarkers.NONE);
  }

  private LineChart series(String name, double[] x, double[] y, Marker marker) {
    int[] finite = IntStream.range(0, y.length).filter(i -> Double.isFinite(y[i])).toArray();
    if (finite.length == 0) {
      return this;
    }
    Color colour = COLOURS.get(chart.getSeriesMap().size() % COLOURS.size());
    XYSeries series = chart.addSeries(name, at(finite, x), at(finite, y));
    series.setMarkerColor(colour).setMarker(marker).setLineColor(colour);
    series.setLineStyle(new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    return this;
  }

  private static double[] at(int[] places, double[] values) {
    return IntStream.of(places).mapToDouble(i -> values[i]).toArray();
  }

  /** The panels side by side as a picture, 1280x960 each. */
  public static Image draw(List<LineChart> panels) {
    BufferedImage picture =
        new BufferedImage(
            panels.size() * WIDTH * DENSITY, HEIGHT * DENSITY, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.scale(DENSITY, DENSITY);
    for (LineChart panel : panels) {
      panel.chart.paint(graphics, WIDTH, HEIGHT);
      graphics.translate(WIDTH, 0);
    }
    graphics.dispose();
    return Image.of(picture);
  }
}
