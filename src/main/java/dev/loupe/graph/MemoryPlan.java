package dev.loupe.graph;

import dev.loupe.op.TensorView;
import dev.loupe.tensor.Blocks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where every tensor of a graph lies: two tensors share bytes when they are never alive together.
 *
 * <p>Tensors written in place, and the parts of a concatenation, are one region, which {@link
 * ArenaPacking} places. Where one buffer may not exceed the device's limit, regions go to several
 * arenas.
 */
public final class MemoryPlan {
  /**
   * Bytes that every offset is a multiple of: the slack of {@link TensorView}, and the widest
   * vector.
   */
  public static final long ALIGNMENT = 4L * TensorView.SLACK;

  /**
   * A place in device memory.
   *
   * @param arena which buffer
   * @param byteOffset first byte in it
   */
  public record Place(int arena, long byteOffset) {}

  private static final int LOWEST_BAND = 1;

  /** Rows of the input that a band has where it is not the lowest. */
  private static final int[] BANDS = {256, 128, 64, 32, 16, 8, 4};

  private final Graph graph;
  private final Sharing sharing;
  private final Schedule schedule;
  private final int band;
  private final long[] offsetInRoot;
  private final Place[] places;
  private final Place[] scratch;
  private final List<Long> arenas;
  private long separateBytes;

  /**
   * Plans {@code graph} for a run of node after node.
   *
   * @param limit bytes that one buffer may have
   * @throws TensorTooLargeException if a single tensor is larger than that
   * @throws IllegalArgumentException if a tensor is read after an operator has written over it
   */
  public MemoryPlan(Graph graph, long limit) {
    this(graph, limit, new Sharing(graph), Schedule.whole(graph), 0);
  }

  private MemoryPlan(Graph graph, long limit, Sharing sharing, Schedule schedule, int band) {
    this.graph = graph;
    this.band = band;
    this.sharing = sharing;
    this.schedule = schedule;
    places = new Place[graph.values().size()];
    scratch = new Place[graph.nodes().size()];
    offsetInRoot = new long[places.length];
    offsetParts();
    checkOverwrites();
    ArenaPacking packing =
        ArenaPacking.of(regions(), limit / ALIGNMENT * ALIGNMENT - 2 * ALIGNMENT);
    arenas = packing.arenas();
    packing.places().forEach(this::place);
  }

  /** Bytes below which no plan goes, in bands or not: inputs and outputs are whole in all. */
  public static long lowerBound(Graph graph) {
    return Math.max(wholeBytes(graph.inputs()), wholeBytes(graph.outputs()));
  }

  private static long wholeBytes(List<Value> values) {
    return values.stream().mapToLong(value -> value.type().bytes()).sum();
  }

  /** The graph that is planned. */
  public Graph graph() {
    return graph;
  }

  /**
   * Plans {@code graph} for a run in bands of {@code band} rows of its input: see {@link
   * MemoryPlan#MemoryPlan(Graph, long)}.
   */
  public static MemoryPlan banded(Graph graph, long limit, int band) {
    Sharing sharing = new Sharing(graph);
    return new MemoryPlan(graph, limit, sharing, Schedule.banded(graph, sharing, band), band);
  }

  /**
   * The fastest plan of at most {@code preferred} bytes: in bands as high as {@code band}, or node
   * after node where that is 0, else in lower bands. Where even low bands take more, bands as high
   * as need little more than the lowest and, if there are such, at most {@code most}. Where bands
   * would save less than half of the memory they cost more time than they save: RFDN at 480x270
   * took 1.2 of it.
   *
   * @param limit bytes that one buffer may have
   * @param preferred bytes of all arenas
   * @param most likewise, at least {@code preferred}
   * @param band rows of the input in the bands that are fastest; 0 where the whole frame is
   * @throws TensorTooLargeException if no band fits the largest buffer
   */
  public static MemoryPlan within(Graph graph, long limit, long preferred, long most, int band) {
    Optional<MemoryPlan> whole = unlessTooLarge(() -> new MemoryPlan(graph, limit));
    Optional<MemoryPlan> fitting = whole.filter(plan -> plan.bytes() <= preferred);
    List<MemoryPlan> larger = new ArrayList<>();
    if (band == 0) {
      if (fitting.isPresent()) {
        return fitting.get();
      }
      whole.ifPresent(larger::add);
    }
    for (int rows : BANDS) {
      if (band > 0 && rows > band) {
        continue;
      }
      Optional<MemoryPlan> banded = unlessTooLarge(() -> banded(graph, limit, rows));
      if (banded.isEmpty()) {
        continue;
      }
      MemoryPlan plan = banded.get();
      if (fitting.isPresent() && 2 * plan.bytes() > fitting.get().bytes()) {
        return fitting.get();
      }
      if (plan.bytes() <= preferred) {
        return plan;
      }
      larger.add(plan);
    }
    if (larger.stream().noneMatch(plan -> plan.bytes() <= most)) {
      larger.add(banded(graph, limit, LOWEST_BAND));
    }
    MemoryPlan lowest = larger.get(larger.size() - 1);
    long enough = Math.min(most, lowest.bytes() + lowest.bytes() / 16);
    return larger.stream().filter(p -> p.bytes() <= enough).findFirst().orElse(lowest);
  }

  private static Optional<MemoryPlan> unlessTooLarge(Supplier<MemoryPlan> plan) {
    try {
      return Optional.of(plan.get());
    } catch (TensorTooLargeException e) {
      return Optional.empty();
    }
  }

  /** Rows of the input to a band; 0 where the graph runs node after node. */
  public int band() {
    return band;
  }

  /** The order that this is the memory of. */
  Schedule schedule() {
    return schedule;
  }

  /** Where {@code value} lies. */
  public Place place(Value value) {
    Place base = places[sharing.root(value).id()];
    return new Place(base.arena(), base.byteOffset() + offsetInRoot[value.id()]);
  }

  /** Where the region of {@code value} begins. */
  Value root(Value value) {
    return sharing.root(value);
  }

  /** Elements from one channel of {@code value} to the next. */
  long plane(Value value) {
    return isWhole(value) ? value.type().plane() : value.type().plane(schedule.held(value));
  }

  private boolean isWhole(Value value) {
    return schedule.held(value) == value.type().shape().h();
  }

  /** Bytes of the rows of {@code value} that are held. */
  long bytes(Value value) {
    return isWhole(value) ? value.type().bytes() : value.type().bytes(schedule.held(value));
  }

  /** Backwards, so that the whole has its place before its parts. */
  private void offsetParts() {
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      long offset = offsetInRoot[node.output().id()];
      boolean concatenates = node.operator().concatenates();
      for (Value input : node.inputs()) {
        if (node.output().equals(sharing.into(input))) {
          offsetInRoot[input.id()] = offset;
        }
        if (concatenates) {
          offset += plane(input) * input.type().shape().c() * input.type().elementBytes();
        }
      }
    }
  }

  /** Where the scratch memory of node {@code index} lies, or null if it needs none. */
  public Place scratch(int index) {
    return scratch[index];
  }

  /** Bytes of each arena, slack included. */
  public List<Long> arenas() {
    return arenas.stream().map(bytes -> bytes + 2 * ALIGNMENT).toList();
  }

  /** Bytes of all arenas. */
  public long bytes() {
    return arenas().stream().mapToLong(Long::longValue).sum();
  }

  /** Bytes if every tensor had memory of its own: what the plan saves is measured against this. */
  public long separateBytes() {
    return separateBytes;
  }

  private void checkOverwrites() {
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      if (node.operator().overwrites() < 0) {
        continue;
      }
      Value lost = node.inputs().get(node.operator().overwrites());
      for (Value value : graph.values()) {
        boolean before = value.id() < node.output().id();
        if (before && shareBytes(value, lost) && isReadAfter(value, i)) {
          throw new IllegalArgumentException(
              "%s is read after %s has written over it; read it before, or copy it"
                  .formatted(value.name(), node.output().name()));
        }
      }
    }
  }

  private boolean shareBytes(Value a, Value b) {
    long aStart = offsetInRoot[a.id()];
    long bStart = offsetInRoot[b.id()];
    return sharing.root(a).equals(sharing.root(b))
        && aStart < bStart + bytes(b)
        && bStart < aStart + bytes(a);
  }

  private boolean isReadAfter(Value value, int index) {
    return graph.outputs().contains(value)
        || graph.nodes().stream().skip(index + 1L).anyMatch(n -> n.inputs().contains(value));
  }

  /** A region begins behind the slack of its arena. */
  private void place(int region, Place place) {
    Place behind = new Place(place.arena(), place.byteOffset() + ALIGNMENT);
    if (region < places.length) {
      places[region] = behind;
    } else {
      scratch[region - places.length] = behind;
    }
  }

  private List<ArenaPacking.Region> regions() {
    int end = schedule.tasks().size();
    int[] first = new int[places.length];
    int[] last = new int[places.length];
    Arrays.fill(first, end);
    Arrays.fill(last, -1);
    int[] begun = new int[scratch.length];
    int[] ended = new int[scratch.length];
    Arrays.fill(begun, end);
    graph.inputs().forEach(input -> live(input, -1, first, last));
    graph.outputs().forEach(output -> live(output, end, first, last));
    for (int i = 0; i < end; i++) {
      int index = schedule.tasks().get(i).node();
      Node node = graph.nodes().get(index);
      for (Value input : node.inputs()) {
        live(input, i, first, last);
      }
      live(node.output(), i, first, last);
      begun[index] = Math.min(begun[index], i);
      ended[index] = i;
    }
    List<ArenaPacking.Region> regions = new ArrayList<>();
    for (int i = 0; i < scratch.length; i++) {
      long bytes = aligned(graph.nodes().get(i).scratchBytes());
      separateBytes += bytes;
      if (bytes > 0) {
        ArenaPacking.Span span = new ArenaPacking.Span(0, bytes, begun[i], ended[i]);
        regions.add(new ArenaPacking.Region(places.length + i, bytes, List.of(span)));
      }
    }
    for (Value value : graph.values()) {
      separateBytes += aligned(value.type().bytes());
      if (sharing.into(value) == null) {
        List<ArenaPacking.Span> spans =
            sharing.members(value).stream().map(v -> span(v, first[v.id()], last[v.id()])).toList();
        regions.add(new ArenaPacking.Region(value.id(), aligned(bytes(value)), spans));
      }
    }
    return regions;
  }

  private ArenaPacking.Span span(Value value, int first, int last) {
    return new ArenaPacking.Span(offsetInRoot[value.id()], bytes(value), first, last);
  }

  private static void live(Value value, int at, int[] first, int[] last) {
    first[value.id()] = Math.min(first[value.id()], at);
    last[value.id()] = Math.max(last[value.id()], at);
  }

  static long aligned(long bytes) {
    return Blocks.roundUp(bytes, ALIGNMENT);
  }
}
