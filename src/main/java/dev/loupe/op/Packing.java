package dev.loupe.op;

import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.Shape;

/** The order of weights in device memory: what a kernel reads next lies next. */
final class Packing {
  private Packing() {}

  /** OIHW to [block of O][I][H][W][O within the block], zeros beyond O. */
  static Arrangement blocks(Shape filters, int block) {
    int blocks = Blocks.count(filters.n(), block);
    int taps = filters.c() * filters.h() * filters.w();
    return Arrangement.of(
        blocks * taps * block,
        place -> {
          int o = place / (taps * block) * block + place % block;
          return o < filters.n() ? o * taps + place / block % taps : Arrangement.ZERO;
        });
  }

  /** OIHW to [I][W][H][O]. */
  static Arrangement columnsFirst(Shape filters) {
    int outputs = filters.n();
    int height = filters.h();
    int width = filters.w();
    return Arrangement.of(
        Math.toIntExact(filters.elements()),
        place -> {
          int y = place / outputs % height;
          int x = place / (outputs * height) % width;
          int in = place / (outputs * height * width);
          return ((place % outputs * filters.c() + in) * height + y) * width + x;
        });
  }

  /**
   * OIHW to [tile of O][chunk of I][I][H][W][group of O][O to a multiple of 4], zeros elsewhere.
   */
  static Arrangement tiles(Shape filters, ConvTile tile) {
    int taps = filters.h() * filters.w();
    int vector = Blocks.roundUp(tile.channels(), ConvTile.VECTOR);
    int tap = tile.groups() * vector;
    int inputs = Blocks.roundUp(filters.c(), tile.chunk());
    int outputs = tile.channels() * tile.groups();
    return Arrangement.of(
        Blocks.count(filters.n(), outputs) * inputs * taps * tap,
        place -> {
          int within = place % vector;
          int o =
              place / (inputs * taps * tap) * outputs
                  + place % tap / vector * tile.channels()
                  + within;
          int i = place / (taps * tap) % inputs;
          return within < tile.channels() && o < filters.n() && i < filters.c()
              ? (o * filters.c() + i) * taps + place / tap % taps
              : Arrangement.ZERO;
        });
  }

  /**
   * OIHW to [tile of O][step of I][H][W][O in eights][eight of O][word][I within the word], zeros
   * elsewhere.
   */
  static Arrangement words(Shape filters, MatrixTile tile, int wordElements) {
    int taps = filters.h() * filters.w();
    int step = MatrixTile.STEP_WORDS * wordElements;
    int outputs = tile.channels();
    int inputs = Blocks.roundUp(filters.c(), step * tile.steps());
    return Arrangement.of(
        Blocks.count(filters.n(), outputs) * outputs * inputs * taps,
        place -> {
          int o = place / (outputs * inputs * taps) * outputs + place / step % outputs;
          int i = place / (step * outputs * taps) % (inputs / step) * step + place % step;
          return o < filters.n() && i < filters.c()
              ? (o * filters.c() + i) * taps + place / (step * outputs) % taps
              : Arrangement.ZERO;
        });
  }

  /** IOHW to [I][H][W][O]. */
  static Arrangement outputsLast(Shape filters) {
    int outputs = filters.c();
    int taps = filters.h() * filters.w();
    return Arrangement.of(
        Math.toIntExact(filters.elements()),
        place -> {
          int i = place / (taps * outputs);
          return (i * outputs + place % outputs) * taps + place / outputs % taps;
        });
  }

  /** A vector of {@code channels} values, or one value repeated, padded to whole blocks. */
  static Arrangement padded(Shape vector, int channels, int block) {
    boolean single = vector.elements() == 1;
    return Arrangement.of(
        Blocks.roundUp(channels, block),
        place -> place >= channels ? Arrangement.ZERO : single ? 0 : place);
  }
}
