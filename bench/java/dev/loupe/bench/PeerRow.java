package dev.loupe.bench;

import dev.loupe.timing.Figures;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The result of one graph on both engines, in milliseconds: wall time of the fastest run, and
 * processor time of the mean run over the number of processors, which is what a run would take if
 * nobody else used them and both were busy throughout.
 *
 * @param name of the graph
 * @param error of Loupe against ONNX Runtime, over the range of the output
 * @param runs of each engine
 * @param ort wall time of ONNX Runtime
 * @param loupe wall time of Loupe
 * @param ortCpu processor time of ONNX Runtime
 * @param loupeCpu processor time of Loupe
 */
record PeerRow(
    String name, double error, int runs, double ort, double loupe, double ortCpu, double loupeCpu) {
  static final String HEAD =
      "graph            ORT ms  Loupe ms  ratio  ORT CPU ms  Loupe CPU ms  CPU ratio    error runs";

  double ratio() {
    return ort / loupe;
  }

  double cpuRatio() {
    return ortCpu / loupeCpu;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%-14s %8.1f  %8.1f  %5.2f  %10.1f  %12.1f  %9.2f  %.1e %4d",
        name,
        ort,
        loupe,
        ratio(),
        ortCpu,
        loupeCpu,
        cpuRatio(),
        error,
        runs);
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", name);
    json.put("ort_ms", Figures.rounded(ort));
    json.put("loupe_ms", Figures.rounded(loupe));
    json.put("ratio", Figures.rounded(ratio()));
    json.put("ort_cpu_ms", Figures.rounded(ortCpu));
    json.put("loupe_cpu_ms", Figures.rounded(loupeCpu));
    json.put("cpu_ratio", Figures.rounded(cpuRatio()));
    json.put("error", error);
    json.put("runs", runs);
    return json;
  }
}
