package dev.loupe.cli;

import dev.loupe.complexity.FrameCost;
import dev.loupe.complexity.NetworkCost;
import dev.loupe.complexity.PaperTables;
import dev.loupe.guided.PatchCount;
import dev.loupe.network.Network;
import dev.loupe.network.Networks;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.Variant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command that counts parameters and multiply-adds. */
@Command(
    name = "complexity",
    header = "Count the parameters and multiply-adds of any network.",
    description = "It needs no model file and no device.")
final class ComplexityCommand extends LoupeCommand {
  private static final double GIGA = 1e9;

  private static final List<String> FRAME_OPTIONS =
      List.of("--network", "--variant", "--scale", "--patch-size", "-k", "--size");

  @Option(
      names = "--network",
      paramLabel = "NAME",
      description = "fsrcnn, pan, rfdn, srresnet, rcan, or an original. Default: all.")
  private String network;

  @Option(
      names = "--variant",
      paramLabel = "base|full|all|mask",
      description = "How much of the scheme runs. Default: each.")
  private Variant variant;

  @Option(
      names = {"-s", "--scale"},
      paramLabel = "2|3|4",
      defaultValue = "4",
      description = "The factor. Default: ${DEFAULT-VALUE}.")
  private int scale;

  @Option(
      names = "--patch-size",
      paramLabel = "P",
      defaultValue = "4",
      description = "Side of a patch in low-resolution pixels. Default: ${DEFAULT-VALUE}.")
  private int p;

  @Option(
      names = {"-k", "--patches"},
      paramLabel = "K",
      defaultValue = "1000",
      description =
          "Patches that variant mask refines: a count, a share (15%%), all or none. Default:"
              + " ${DEFAULT-VALUE}.")
  private PatchCount k;

  @Option(
      names = "--size",
      paramLabel = "WxH",
      defaultValue = "960x540",
      description = "The low-resolution frame. Default: ${DEFAULT-VALUE}.")
  private FrameSize size;

  @Option(
      names = "--paper",
      description =
          "Print the paper's tables 1, 5 and 6 instead, computed / printed; (!) marks what differs,"
              + " ? what is illegible.")
  private boolean paper;

  @Override
  Outcome run() {
    requireNothingIgnored();
    if (paper) {
      PaperReport report = new PaperReport(PaperTables.rows());
      report.lines().forEach(line -> say("%s", line));
      return new Outcome(Main.DONE, report.json());
    }
    if (p < 1 || p > ModelMetadata.LARGEST_P) {
      throw new IllegalArgumentException(
          "--patch-size %d: a patch is 1 to %d pixels wide".formatted(p, ModelMetadata.LARGEST_P));
    }
    Map<String, Network> networks = new LinkedHashMap<>();
    for (String name : network == null ? Networks.names() : List.of(network)) {
      networks.put(name, Networks.of(ModelMetadata.of(name, scale)));
    }
    if (isGiven("-k") && networks.values().stream().noneMatch(Network::hasRefineNet)) {
      throw new IllegalArgumentException(
          "K = %s: %s has no Refine-Net for patches; leave out -k".formatted(k, network));
    }
    if (network != null
        && variant != null
        && variant != Variant.BASE
        && !networks.get(network).hasRefineNet()) {
      throw new IllegalArgumentException(
          "--variant %s: %s has no Refine-Net; take base".formatted(variant, network));
    }
    say(
        "x%d, frame %s, patches of %dx%d, K = %s; GFLOPs = 10^9 multiply-adds; executed: a CPU's",
        scale, size, p, p, k);
    say(
        "%-14s %-8s %12s %12s %12s %12s",
        "network", "variant", "parameters", "by the paper", "true", "executed");
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Map.Entry<String, Network> named : networks.entrySet()) {
      Network wanted = named.getValue();
      for (Variant each : variant == null ? Variant.values() : new Variant[] {variant}) {
        if (each == Variant.BASE || wanted.hasRefineNet()) {
          rows.add(row(named.getKey(), each, new NetworkCost(wanted, p)));
        }
      }
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("size", size.toString());
    json.put("scale", scale);
    json.put("rows", rows);
    return new Outcome(Main.DONE, json);
  }

  private void requireNothingIgnored() {
    for (String option : FRAME_OPTIONS) {
      if (paper && isGiven(option)) {
        throw new IllegalArgumentException(
            option + ": --paper prints tables of its own frames; leave it out");
      }
    }
    if (isGiven("-k") && variant != null && !k.suits(variant)) {
      throw new IllegalArgumentException(
          "K = %s: variant %s chooses no patches; take variant mask, or leave out -k"
              .formatted(k, variant));
    }
  }

  private Map<String, Object> row(String name, Variant each, NetworkCost network) {
    FrameCost cost = network.frame(each, k, size.width(), size.height());
    say(
        "%-14s %-8s %12s %12s %12s %12s",
        name,
        each,
        String.format(Locale.ROOT, "%,d", network.parameters(each)),
        gigaflops(cost.printed()),
        gigaflops(cost.total().multiplyAdds()),
        gigaflops(cost.total().executed()));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("network", name);
    json.put("variant", each.toString());
    json.put("p", p);
    json.put("k", k.toString());
    json.put("parameters", network.parameters(each));
    json.put("gflops_paper", cost.printed() / GIGA);
    json.put("gflops_paper_with_own_mask", cost.total().paper() / GIGA);
    json.put("gflops", cost.total().multiplyAdds() / GIGA);
    json.put("gflops_executed", cost.total().executed() / GIGA);
    return json;
  }

  private static String gigaflops(long count) {
    return String.format(Locale.ROOT, "%.3f", count / GIGA);
  }
}
