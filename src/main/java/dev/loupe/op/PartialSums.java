package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.kernel.Tuning;
import dev.loupe.opencl.NdRange;
import dev.loupe.tensor.Blocks;

/**
 * The way a sum over a whole batch of patches is made: each span of the batch stores partial sums
 * in scratch memory, and one more launch adds them up in a fixed order.
 *
 * @param spans parts of the batch
 * @param sums partial sums of each
 */
record PartialSums(int spans, int sums) {
  /** A span should read no more than this, so that it is still in cache for the next block. */
  private static final long SPAN_BYTES = 1 << 20;

  /**
   * As above, of sums of channels, where work-items share rows: these read a span but once, and a
   * GPU wants hundreds of groups. A CPU takes longer with spans so short.
   */
  private static final long SHARED_SPAN_BYTES = 1 << 18;

  private static final int MOST_SPANS = 64;
  private static final int CHUNK = 64;

  /** Neighbouring sums that a GPU's group makes: two sectors of memory, so that many share each. */
  private static final int RESULTS = 16;

  /** For {@code sums} sums over tensors of {@code bytes} bytes together. */
  static PartialSums over(long bytes, long sums) {
    return ofSpans(bytes / SPAN_BYTES, sums);
  }

  /**
   * For one sum of each of {@code channels} channels of tensors of {@code bytes} bytes together.
   */
  static PartialSums overChannels(Tuning tuning, long bytes, int channels) {
    return ofSpans(bytes / (tuning.workGroup() > 1 ? SHARED_SPAN_BYTES : SPAN_BYTES), channels);
  }

  /** The most scratch memory that sums of {@code channels} channels take on any device. */
  static long bytesOverChannels(int channels) {
    return new PartialSums(MOST_SPANS, channels).bytes();
  }

  private static PartialSums ofSpans(long spans, long sums) {
    return new PartialSums((int) Math.max(1, Math.min(MOST_SPANS, spans)), Math.toIntExact(sums));
  }

  /** The scratch memory of the partial sums. */
  long bytes() {
    return (long) Float.BYTES * spans * sums;
  }

  /** The range of a kernel whose groups of {@code items} make one sum of each span. */
  NdRange ofGroups(int items) {
    return NdRange.global(items, sums, spans).local(items, 1, 1);
  }

  /** Records the adding up of all spans and of {@code group} neighbours into {@code output}. */
  void addUp(LaunchRecorder recorder, int group, TensorView output) {
    String file = "gradient/sum_partials.cl";
    String entry = "sum_partials";
    int items = recorder.group(file, entry, size -> defines(group, size));
    int results = sums / group;
    int each = Math.min(RESULTS, items) * chunk(items);
    recorder
        .kernel(file, entry, defines(group, items))
        .scratch()
        .list(output)
        .ints(spans, results)
        .launch(NdRange.global((long) Blocks.count(results, each) * items).local(items));
  }

  private static int chunk(int items) {
    return items == 1 ? CHUNK : 1;
  }

  private static Defines defines(int group, int items) {
    int results = Math.min(RESULTS, items);
    return new Defines()
        .set("GROUP", group)
        .set("CHUNK", chunk(items))
        .set("RESULTS", results)
        .set("SLICES", items / results);
  }

  /** The type of a gradient of {@code count} weights: a row. */
  static TensorType row(long count) {
    return TensorType.frame(1, 1, Math.toIntExact(count));
  }
}
