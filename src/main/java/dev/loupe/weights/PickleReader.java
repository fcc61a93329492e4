package dev.loupe.weights;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A reader of Python pickles that executes nothing: data opcodes build Java values, and the few
 * that could call Python code go to an {@link Objects} that knows what it allows.
 *
 * <p>None is null, int a Long (BigInteger beyond 64 bits), float a Double, str a String, list and
 * dict a List and Map, tuple a {@link Tuple}. Opcodes as in CPython's pickletools.py, those that
 * torch.save writes in protocols 2 to 4; any other is refused.
 */
final class PickleReader {
  /** What a pickle may name and call. */
  interface Objects {
    /** The value of a global; throws WeightsException if it is not allowed. */
    Object global(String module, String name);

    /** The result of calling a global's value. */
    Object call(Object callable, List<Object> arguments);

    /** The object with a persistent id. */
    Object persistent(Object id);
  }

  /** A Python tuple. */
  record Tuple(List<Object> items) {}

  private static final Object MARK = new Object();

  private final ByteBuffer in;
  private final String source;
  private final Objects objects;
  private final ArrayList<Object> stack = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  /**
   * A reader from the buffer's position on.
   *
   * @param in the bytes; left behind the last STOP that was read
   * @param source the file, for messages
   */
  PickleReader(ByteBuffer in, String source, Objects objects) {
    this.in = in.order(ByteOrder.LITTLE_ENDIAN);
    this.source = source;
    this.objects = objects;
  }

  /**
   * Reads one pickle, up to its STOP.
   *
   * @throws WeightsException if it is truncated, malformed, or wants what is not allowed
   */
  Object read() {
    stack.clear();
    memo.clear();
    try {
      for (int opcode = in.get() & 0xff; opcode != '.'; opcode = in.get() & 0xff) {
        if (!pushScalar(opcode) && !buildContainer(opcode) && !remember(opcode)) {
          reach(opcode);
        }
      }
      return pop();
    } catch (BufferUnderflowException e) {
      throw new WeightsException(source + ": truncated inside a pickle", e);
    }
  }

  private boolean pushScalar(int opcode) {
    switch (opcode) {
      case 'N' -> stack.add(null);
      case 0x88 -> stack.add(true);
      case 0x89 -> stack.add(false);
      case 'K' -> stack.add((long) (in.get() & 0xff));
      case 'M' -> stack.add((long) (in.getShort() & 0xffff));
      case 'J' -> stack.add((long) in.getInt());
      case 'G' -> stack.add(in.order(ByteOrder.BIG_ENDIAN).getDouble());
      case 0x8a -> stack.add(integer(in.get() & 0xff));
      case 'X' -> stack.add(text(in.getInt()));
      case 0x8c, 'U' -> stack.add(text(in.get() & 0xff));
      default -> {
        return false;
      }
    }
    in.order(ByteOrder.LITTLE_ENDIAN);
    return true;
  }

  private boolean buildContainer(int opcode) {
    switch (opcode) {
      case '(' -> stack.add(MARK);
      case '}' -> stack.add(new LinkedHashMap<>());
      case ']' -> stack.add(new ArrayList<>());
      case ')' -> stack.add(new Tuple(List.of()));
      case 't' -> stack.add(new Tuple(popToMark()));
      case 0x85 -> stack.add(new Tuple(popLast(1)));
      case 0x86 -> stack.add(new Tuple(popLast(2)));
      case 0x87 -> stack.add(new Tuple(popLast(3)));
      case 's' -> putAll(popLast(2));
      case 'u' -> putAll(popToMark());
      case 'a' -> list(popLast(1));
      case 'e' -> list(popToMark());
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean remember(int opcode) {
    switch (opcode) {
      case 'q' -> memo.put(in.get() & 0xff, top());
      case 'r' -> memo.put(in.getInt(), top());
      case 0x94 -> memo.put(memo.size(), top());
      case 'h' -> stack.add(recall(in.get() & 0xff));
      case 'j' -> stack.add(recall(in.getInt()));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The opcodes that reach beyond plain data, and the end of all that is known. */
  private void reach(int opcode) {
    switch (opcode) {
      case 0x80 -> {
        int protocol = in.get() & 0xff;
        if (protocol < 2 || protocol > 4) {
          throw refused("has protocol %d, expected 2 to 4".formatted(protocol));
        }
      }
      case 0x95 -> in.getLong(); // FRAME: a hint for buffering
      case 'c' -> stack.add(objects.global(line(), line()));
      case 0x93 -> {
        List<Object> names = popLast(2);
        stack.add(objects.global(string(names.get(0)), string(names.get(1))));
      }
      case 'R' -> {
        List<Object> call = popLast(2);
        if (!(call.get(1) instanceof Tuple arguments)) {
          throw refused("calls something without a tuple of arguments");
        }
        stack.add(objects.call(call.get(0), arguments.items()));
      }
      case 'Q' -> stack.add(objects.persistent(pop()));
      case 'b' -> {
        // BUILD sets attributes. A state_dict carries its _metadata (module versions) this way; it
        // is read and dropped, as it says nothing of the tensors.
        pop();
        if (!(top() instanceof Map<?, ?>)) {
          throw refused("sets attributes of something other than an OrderedDict");
        }
      }
      default ->
          throw refused(
              "uses opcode 0x%02x at byte %d, which tensors do not need"
                  .formatted(opcode, in.position() - 1));
    }
  }

  private Object integer(int length) {
    byte[] bytes = bytes(length);
    for (int i = 0; i < length / 2; i++) {
      byte swapped = bytes[i];
      bytes[i] = bytes[length - 1 - i];
      bytes[length - 1 - i] = swapped;
    }
    BigInteger value = length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  private String text(int length) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(length))).toString();
    } catch (CharacterCodingException e) {
      throw new WeightsException(source + ": a pickled text is not UTF-8", e);
    }
  }

  private byte[] bytes(int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private String line() {
    int start = in.position();
    while (in.get() != '\n') {
      // find the end
    }
    int length = in.position() - start - 1;
    in.position(start);
    String line = text(length);
    in.get();
    return line;
  }

  private Object top() {
    if (stack.isEmpty() || stack.get(stack.size() - 1) == MARK) {
      throw refused("takes more values than it gave");
    }
    return stack.get(stack.size() - 1);
  }

  private Object pop() {
    Object top = top();
    stack.remove(stack.size() - 1);
    return top;
  }

  private List<Object> popLast(int count) {
    Object[] items = new Object[count];
    for (int i = count - 1; i >= 0; i--) {
      items[i] = pop();
    }
    return new ArrayList<>(Arrays.asList(items));
  }

  private List<Object> popToMark() {
    int mark = stack.lastIndexOf(MARK);
    if (mark < 0) {
      throw refused("takes more values than it gave");
    }
    List<Object> above = stack.subList(mark + 1, stack.size());
    List<Object> items = new ArrayList<>(above);
    above.clear();
    stack.remove(mark);
    return items;
  }

  @SuppressWarnings(
      "unchecked") // every Map on the stack was made here or by Objects as one of Object
  private void putAll(List<Object> items) {
    if (!(top() instanceof Map<?, ?> map) || items.size() % 2 != 0) {
      throw refused("puts entries into something other than a dict");
    }
    for (int i = 0; i < items.size(); i += 2) {
      Object key = items.get(i);
      // Only keys whose hash is their own: a container as a key could hold itself.
      if (!(key instanceof String || key instanceof Long || key instanceof Boolean)) {
        throw refused("has a dict key that is no text or number");
      }
      ((Map<Object, Object>) map).put(key, items.get(i + 1));
    }
  }

  @SuppressWarnings("unchecked") // every List on the stack was made here as one of Object
  private void list(List<Object> items) {
    if (!(top() instanceof List<?> list)) {
      throw refused("appends to something other than a list");
    }
    ((List<Object>) list).addAll(items);
  }

  private Object recall(int index) {
    if (!memo.containsKey(index)) {
      throw refused("recalls value %d, which it never stored".formatted(index));
    }
    return memo.get(index);
  }

  private String string(Object value) {
    if (!(value instanceof String text)) {
      throw refused("names a global by something other than text");
    }
    return text;
  }

  private WeightsException refused(String why) {
    return new WeightsException("%s: refused: its pickle %s".formatted(source, why));
  }
}
