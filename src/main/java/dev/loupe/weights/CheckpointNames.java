package dev.loupe.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The translation of published checkpoints' tensor names into Loupe's, one table per network.
 *
 * <p>A table row is the checkpoint's layer, Loupe's layer, and W for a weight alone or WB for
 * weight and bias; # stands for the block, counted from the table's first number on theirs and from
 * 0 on ours.
 */
public enum CheckpointNames {
  /** PAN as its authors trained it (16 SCPA): github.com/zhaohengyuan1/PAN. Values 0 to 1. */
  PAN_ORIGINAL(
      "pan-original",
      1,
      0,
      16,
      """
      conv_first               base.first             WB
      SCPA_trunk.#.conv1_a     base.trunk.#.a1        W
      SCPA_trunk.#.conv1_b     base.trunk.#.b1        W
      SCPA_trunk.#.k1.0        base.trunk.#.a2        W
      SCPA_trunk.#.PAConv.k2   base.trunk.#.k2        WB
      SCPA_trunk.#.PAConv.k3   base.trunk.#.k3        W
      SCPA_trunk.#.PAConv.k4   base.trunk.#.k4        W
      SCPA_trunk.#.conv3       base.trunk.#.out       W
      trunk_conv               base.trunk_conv        WB
      upconv1                  base.tail.up1          WB
      att1.conv                base.tail.att1.c       WB
      HRconv1                  base.tail.hr1          WB
      conv_last                base.tail.last         WB
      """,
      """
      upconv2                  base.tail.up2          WB
      att2.conv                base.tail.att2.c       WB
      HRconv2                  base.tail.hr2          WB
      """),
  /** RFDN as its authors trained it for AIM 2020: github.com/njulj/RFDN. Values 0 to 255. */
  RFDN_ORIGINAL(
      "rfdn-original",
      255,
      1,
      4,
      """
      fea_conv                 base.first             WB
      B#.c1_d                  base.blocks.#.d.0      WB
      B#.c1_r                  base.blocks.#.r.0      WB
      B#.c2_d                  base.blocks.#.d.1      WB
      B#.c2_r                  base.blocks.#.r.1      WB
      B#.c3_d                  base.blocks.#.d.2      WB
      B#.c3_r                  base.blocks.#.r.2      WB
      B#.c4                    base.blocks.#.c4       WB
      B#.c5                    base.blocks.#.c5       WB
      B#.esa.conv1             base.blocks.#.esa.c1   WB
      B#.esa.conv_f            base.blocks.#.esa.cf   WB
      B#.esa.conv_max          base.blocks.#.esa.cmax WB
      B#.esa.conv2             base.blocks.#.esa.c2   WB
      B#.esa.conv3             base.blocks.#.esa.c3   WB
      B#.esa.conv3_            base.blocks.#.esa.c3_  WB
      B#.esa.conv4             base.blocks.#.esa.c4   WB
      c.0                      base.c.0               WB
      LR_conv                  base.lr                WB
      upsampler.0              base.up.0              WB
      """,
      "");

  private final String network;
  private final int valueRange;
  private final int firstBlock;
  private final int blocks;
  private final String layers;
  private final String layersAtX4;

  CheckpointNames(
      String network,
      int valueRange,
      int firstBlock,
      int blocks,
      String layers,
      String layersAtX4) {
    this.network = network;
    this.valueRange = valueRange;
    this.firstBlock = firstBlock;
    this.blocks = blocks;
    this.layers = layers;
    this.layersAtX4 = layersAtX4;
  }

  /**
   * The table of a network.
   *
   * @param network {@code pan-original} or {@code rfdn-original}
   * @throws WeightsException listing the networks if there is no table for this one
   */
  public static CheckpointNames of(String network) {
    return Arrays.stream(values())
        .filter(t -> t.network.equals(network))
        .findFirst()
        .orElseThrow(
            () ->
                new WeightsException(
                    "no checkpoint names are known for network '%s', only for %s"
                        .formatted(
                            network,
                            String.join(
                                ", ", Arrays.stream(values()).map(t -> t.network).toList()))));
  }

  /**
   * A checkpoint's tensors as the weights of a model under Loupe's names.
   *
   * @param scale the factor the checkpoint was trained for
   * @throws WeightsException naming unknown and missing tensors, if there are any
   */
  public Weights weights(TorchCheckpoint checkpoint, int scale) {
    Map<String, String> names = names(scale);
    List<NamedTensor> renamed = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    TreeSet<String> missing = new TreeSet<>(names.keySet());
    for (NamedTensor tensor : checkpoint.tensors()) {
      String name = names.get(tensor.name());
      if (name == null) {
        unknown.add(tensor.name());
      } else {
        missing.remove(tensor.name());
        renamed.add(tensor.renamed(name));
      }
    }
    if (!unknown.isEmpty() || !missing.isEmpty()) {
      throw WeightsException.ofOthers(checkpoint.source(), network, scale, unknown, missing);
    }
    ModelMetadata metadata =
        ModelMetadata.of(network, scale)
            .withVariants(List.of(Variant.BASE))
            .withValueRange(valueRange);
    return Weights.of(checkpoint.source(), metadata, renamed);
  }

  /** Every tensor name of the checkpoint at this scale, and ours for it. */
  Map<String, String> names(int scale) {
    Map<String, String> names = new LinkedHashMap<>();
    for (String row : (scale == 4 ? layers + layersAtX4 : layers).lines().toList()) {
      String[] columns = row.split(" +", -1);
      boolean isBlock = columns[0].contains("#");
      for (int block = 0; block < (isBlock ? blocks : 1); block++) {
        String theirs = columns[0].replace("#", Integer.toString(block + firstBlock));
        String ours = columns[1].replace("#", Integer.toString(block));
        names.put(theirs + ".weight", ours + ".weight");
        if (columns[2].equals("WB")) {
          names.put(theirs + ".bias", ours + ".bias");
        }
      }
    }
    return names;
  }
}
