package dev.loupe.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of {@link PickleReader} with the allow-list of {@link TorchObjects}. */
class PickleReaderTest {
  /** Opcodes as in pickletools.py; a character is a byte. */
  private static Object read(String opcodes) {
    byte[] bytes = opcodes.getBytes(StandardCharsets.ISO_8859_1);
    return new PickleReader(ByteBuffer.wrap(bytes), "f.pth", new TorchObjects("f.pth")).read();
  }

  private static String refusal(String opcodes) {
    return assertThrows(WeightsException.class, () -> read(opcodes)).getMessage();
  }

  @Test
  void readsPlainData() {
    assertEquals(
        Arrays.asList(null, true, false, 255L, 65535L, -2L, -1L, 0L, 0.5, "hé"),
        read(
            "\u0080\2](N\u0088\u0089K\u00ffM\u00ff\u00ffJ\u00fe\u00ff\u00ff\u00ff"
                + "\u008a\1\u00ff\u008a\0G?\u00e0\0\0\0\0\0\0X\3\0\0\0h\u00c3\u00a9e."));
    assertEquals(
        new BigInteger("1950a86a20f9469cfc6c", 16),
        read("\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019."));
    assertEquals(
        Map.of("a", new PickleReader.Tuple(List.of(1L)), 2L, List.of()),
        read("}(X\1\0\0\0aK\1\u0085K\2]u."));
  }

  @Test
  void oneStoredValueIsRecalledAsItself() {
    List<?> list = (List<?>) read("](]q\7h\7e.");
    assertSame(list.get(0), list.get(1));
  }

  @Test
  void onlyTheOpcodesOfTensorsAreKnown() {
    Set<Integer> expected = new TreeSet<>();
    "().GJKMNQRUX]abcehjqrstu}".chars().forEach(expected::add);
    Collections.addAll(expected, 0x80, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x93, 0x94, 0x95);
    for (int opcode = 0; opcode < 256; opcode++) {
      assertEquals(!expected.contains(opcode), refusesItself(opcode), "opcode " + opcode);
    }
  }

  private static boolean refusesItself(int opcode) {
    try {
      read("]]((" + (char) opcode + "\0\0\0\0\0\0\0\0.");
      return false;
    } catch (WeightsException e) {
      return e.getMessage().contains("uses opcode 0x%02x at".formatted(opcode));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "posix, system",
    "builtins, eval",
    "builtins, getattr",
    "__builtin__, exec",
    "torch, load",
    "torch.serialization, FloatStorage",
    "torch._utils, OrderedDict",
    "collections, defaultdict",
    "numpy.core.multiarray, scalar",
  })
  void everyOtherGlobalIsRefusedByName(String module, String name) {
    String expected = "refused: it wants the Python global " + module + "." + name + ",";
    assertTrue(refusal("c" + module + "\n" + name + "\n.").contains(expected));
    String stacked =
        "\u008c" + (char) module.length() + module + "\u008c" + (char) name.length() + name;
    assertTrue(refusal(stacked + "\u0093.").contains(expected));
  }

  @Test
  void controlCharactersOfANameDoNotReachTheTerminal() {
    String message = refusal("cos\u001b[31m\nsystem\r\n.");
    assertTrue(message.contains("os?[31m.system?"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "K | truncated inside a pickle",
        "~~ | truncated inside a pickle",
        ". | takes more values than it gave",
        "(. | takes more values than it gave",
        "t. | takes more values than it gave",
        "h1. | recalls value 49, which it never stored",
        "NNs. | takes more values than it gave",
        "NNNs. | puts entries into something other than a dict",
        "}]Ns. | has a dict key that is no text or number",
        "NNa. | appends to something other than a list",
        "NNb. | sets attributes of something other than an OrderedDict",
        "NNR. | calls something without a tuple of arguments",
        "N)R. | calls a value with 0 arguments that do not fit",
        "NQ. | persistent id of no storage",
        "X\u00ff\u00ff\u00ff\u007fa. | truncated inside a pickle",
        "X\u00ff\u00ff\u00ff\u00ffa. | truncated inside a pickle",
      })
  void malformedPicklesAreRefused(String opcodes, String expected) {
    String message = refusal(opcodes);
    assertTrue(message.startsWith("f.pth: ") && message.contains(expected), message);
  }

  @Test
  void noiseIsReadOrRefusedButNeverCrashes() {
    Random random = new Random(5);
    String likely = "(((tu}s]aeNqhK\1\2\u0085\u0086\u0087RbQ.X\u0093\u0094\u008a\u008c)";
    for (int round = 0; round < 200_000; round++) {
      StringBuilder opcodes = new StringBuilder("}]((");
      for (int i = random.nextInt(24); i >= 0; i--) {
        opcodes.append(likely.charAt(random.nextInt(likely.length())));
      }
      try {
        read(opcodes.append('.').toString());
      } catch (WeightsException e) {
        assertTrue(e.getMessage().startsWith("f.pth: "), e.getMessage());
      }
    }
  }
}
