package dev.loupe.guided;

import dev.loupe.image.RowSink;
import dev.loupe.image.RowSource;
import dev.loupe.op.Layout;
import dev.loupe.op.TensorType;
import dev.loupe.tensor.Shape;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The frame runner of a self-ensemble: the picture is made in its eight {@linkplain Symmetry
 * symmetries}, with 16 bits a sample, and the mean of the eight results is handed on (Timofte et
 * al., "Seven ways to improve example-based single image super resolution", CVPR 2016, section 2.5;
 * other tools call it TTA).
 *
 * <p>It holds the picture and the sums of the result whole, 2 bytes a sample of the one and 4 of
 * the other. Mask and patches are those of the upright picture.
 */
public final class EnsembleFrameRunner implements FrameRunner {
  /** Frames that are run for one. */
  public static final int RUNS = Symmetry.ALL;

  /** From 8 bits to 16, and back. */
  private static final int TO_16_BITS = 257;

  /** Rows of a turned result that are added together, so that turned ones share cache lines. */
  private static final int ROWS = 16;

  private static final int PART_BYTES = 1 << 20;

  private final FrameGraph frame;
  private final FrameSpec spec;
  private final Function<FrameSpec, FrameRunner> maker;
  private final StageTimes times = new StageTimes();
  private final List<Symmetry> pictures;
  private final List<Symmetry> results;
  private final int channels;
  private final short[] picture;
  private final int[] sums;
  private final ByteBuffer part;

  /** Of one size; those of the picture's own size run first. */
  private FrameRunner runner;

  private final MemoryUse memory;
  private Optional<float[]> mask = Optional.empty();
  private int[] selected = new int[0];

  /**
   * Prepares the ensemble of a frame.
   *
   * @param frame the frame, upright
   * @param spec what it is of: pixels
   * @param maker of the runner of a frame that is no ensemble
   * @throws IllegalArgumentException if the frame is of floats, or its result passes 2^31 samples
   */
  public EnsembleFrameRunner(
      FrameGraph frame, FrameSpec spec, Function<FrameSpec, FrameRunner> maker) {
    if (spec.input().layout() == Layout.FRAME) {
      throw new IllegalArgumentException(
          "a self-ensemble takes pixels, not floats; take an upscaler without it");
    }
    this.frame = frame;
    this.spec = spec;
    this.maker = maker;
    Shape in = spec.input().shape();
    Shape out = frame.output().type().shape();
    if (out.elements() > Integer.MAX_VALUE - Long.BYTES) {
      throw new IllegalArgumentException(
          "a self-ensemble holds its result whole, and %dx%d with %d samples a pixel is too large; leave it out"
              .formatted(out.w(), out.h(), out.c()));
    }
    channels = in.c();
    pictures = Symmetry.of(in.w(), in.h());
    results = Symmetry.of(out.w(), out.h());
    picture = new short[Math.toIntExact(in.elements())];
    sums = new int[(int) out.elements()];
    long row = frame.output().type().bytes(1);
    long rows = Math.min(out.h(), Math.max(1, PART_BYTES / row));
    part = ByteBuffer.allocateDirect((int) (rows * row)).order(ByteOrder.nativeOrder());
    prepare(in.h(), in.w()); // last: what fails before it would leave its memory to nobody
    memory = runner.memory();
  }

  /** Only one size is prepared at a time: there may be no room for two. */
  private void prepare(int height, int width) {
    Shape size = spec.input().shape().withSize(height, width);
    if (runner != null && runner.frame().input().type().shape().equals(size)) {
      return;
    }
    close();
    TensorType wide = new TensorType(size, Layout.PIXELS16, spec.input().precision());
    runner = maker.apply(spec.withInput(wide).withEnsemble(false));
  }

  @Override
  public FrameGraph frame() {
    return frame;
  }

  @Override
  public void run(Buffer input, Buffer output, Progress progress) {
    frame.requireRoom(input, output);
    run(RowSource.of((ByteBuffer) input), RowSink.into((ByteBuffer) output), progress);
  }

  @Override
  public void run(RowSource input, RowSink output, Progress progress) {
    times.clear();
    long start = System.nanoTime();
    fetch(input);
    times.add("upload", System.nanoTime() - start);
    Arrays.fill(sums, 0);
    for (int i = 0; i < RUNS; i++) {
      add(pictures.get(i), results.get(i), progress.part((double) i / RUNS, (i + 1.0) / RUNS));
      if (i == 0) {
        mask = runner.mask();
        selected = runner.selected();
      }
    }
    start = System.nanoTime();
    handOn(output);
    times.add("download", System.nanoTime() - start);
  }

  private boolean is16Bit() {
    return spec.input().layout() == Layout.PIXELS16;
  }

  /** Reads the whole picture, as 16 bits a sample. */
  private void fetch(RowSource input) {
    int row = (int) spec.input().bytes(1);
    for (int at = 0; at < picture.length; ) {
      input.get(part.clear().limit(row));
      part.flip();
      while (part.hasRemaining()) {
        picture[at++] =
            is16Bit() ? part.getShort() : (short) (Byte.toUnsignedInt(part.get()) * TO_16_BITS);
      }
    }
  }

  /** Makes the picture in one symmetry, and adds the result to the sums. */
  private void add(Symmetry turned, Symmetry result, Progress progress) {
    long start = System.nanoTime();
    prepare(turned.height(), turned.width());
    times.add("prepare", System.nanoTime() - start);
    runner.run(new TurnedPicture(turned), new TurnedResult(result), progress);
    runner.times().nanos().forEach(times::add);
  }

  private void handOn(RowSink output) {
    int bytes = spec.input().elementBytes();
    byte[] means = new byte[is16Bit() ? 0 : part.capacity()];
    for (int at = 0; at < sums.length; ) {
      int count = Math.min(part.capacity() / bytes, sums.length - at);
      part.clear().limit(count * bytes);
      if (is16Bit()) {
        ShortBuffer samples = samples(part);
        for (int i = 0; i < count; i++) {
          samples.put((short) ((sums[at + i] + RUNS / 2) / RUNS));
        }
      } else {
        for (int i = 0; i < count; i++) {
          means[i] = (byte) ((sums[at + i] + RUNS * TO_16_BITS / 2) / (RUNS * TO_16_BITS));
        }
        part.put(0, means, 0, count);
      }
      output.put(part);
      at += count;
    }
  }

  private static ShortBuffer samples(ByteBuffer rows) {
    return rows.slice().order(ByteOrder.nativeOrder()).asShortBuffer();
  }

  /** The rows of the picture in one symmetry. */
  private final class TurnedPicture implements RowSource {
    private final Symmetry turned;
    private int y;

    TurnedPicture(Symmetry turned) {
      this.turned = turned;
    }

    @Override
    public void get(ByteBuffer rows) {
      ShortBuffer samples = samples(rows);
      while (samples.hasRemaining()) {
        int from = turned.first() + y++ * turned.alongColumn();
        for (int x = 0; x < turned.width(); x++, from += turned.alongRow()) {
          for (int c = 0; c < channels; c++) {
            samples.put(picture[from * channels + c]);
          }
        }
      }
      rows.position(rows.limit());
    }
  }

  /** Where the rows of a result in one symmetry go: to the sums. */
  private final class TurnedResult implements RowSink {
    private final Symmetry turned;
    // Through an array: one by one, a buffer's elements take three times as long, as few pictures
    // let Java optimise.
    private final short[] some;
    private int y;

    TurnedResult(Symmetry turned) {
      this.turned = turned;
      some = new short[ROWS * turned.width() * channels];
    }

    @Override
    public void put(ByteBuffer rows) {
      ShortBuffer samples = samples(rows);
      int row = turned.width() * channels;
      int count = samples.remaining() / row;
      for (int first = 0; first < count; first += ROWS) {
        int rowsNow = Math.min(ROWS, count - first);
        samples.get(some, 0, rowsNow * row);
        addSome(rowsNow);
      }
      rows.position(rows.limit());
    }

    private void addSome(int count) {
      int row = turned.width() * channels;
      for (int x = 0; x < turned.width(); x++) {
        int to = turned.first() + y * turned.alongColumn() + x * turned.alongRow();
        int from = x * channels;
        for (int r = 0; r < count; r++, to += turned.alongColumn(), from += row) {
          for (int c = 0; c < channels; c++) {
            sums[to * channels + c] += some[from + c] & 0xFFFF;
          }
        }
      }
      y += count;
    }
  }

  @Override
  public Optional<float[]> mask() {
    return mask.map(float[]::clone);
  }

  @Override
  public int[] selected() {
    return selected.clone();
  }

  /** It keeps none. */
  @Override
  public Optional<float[]> feature() {
    return Optional.empty();
  }

  @Override
  public StageTimes times() {
    return times;
  }

  /** That of the upright picture. */
  @Override
  public MemoryUse memory() {
    return memory;
  }

  @Override
  public void close() {
    if (runner != null) {
      runner.close();
      runner = null;
    }
  }
}
