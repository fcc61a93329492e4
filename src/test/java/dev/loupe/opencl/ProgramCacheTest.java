package dev.loupe.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries of the program cache: hits, misses of every kind, size cap. */
class ProgramCacheTest {
  private static final Device DEVICE = DeviceChoiceTest.device(0, "A", Device.Type.CPU, 1, 1, true);
  private static final String KEY = ProgramCache.key(DEVICE, "source");
  private static final byte[] BINARY = {1, 2, 3, 4, 5};
  private static final int FORMAT_AT = 11;

  @TempDir Path directory;

  private Path entry() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> all = files.toList();
      assertEquals(1, all.size(), "temporary files stay behind: " + all);
      return all.get(0);
    }
  }

  @Test
  void keepsABinary() throws IOException {
    ProgramCache cache = ProgramCache.in(directory);
    assertNull(cache.read(KEY));
    cache.write(KEY, BINARY);
    assertArrayEquals(BINARY, cache.read(KEY));
    assertArrayEquals(BINARY, ProgramCache.in(directory).read(KEY));
    assertNull(cache.read(ProgramCache.key(DEVICE, "source3")));
    assertTrue(Files.exists(entry()));
  }

  @Test
  void keyDependsOnEveryPart() {
    assertEquals(KEY, ProgramCache.key(DEVICE, "source"));
    assertNotEquals(KEY, ProgramCache.key(DEVICE, "source2"));
    Device other = DeviceChoiceTest.device(0, "B", Device.Type.CPU, 1, 1, true);
    assertNotEquals(KEY, ProgramCache.key(other, "source"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 40, 47, 48, 52})
  void aShortEntryIsAMiss(int length) throws IOException {
    ProgramCache cache = ProgramCache.in(directory);
    cache.write(KEY, BINARY);
    byte[] bytes = Files.readAllBytes(entry());
    Files.write(entry(), Arrays.copyOf(bytes, length));
    assertNull(cache.read(KEY));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, FORMAT_AT, 12, 43, 44, 47, 48, 52})
  void aChangedByteIsAMiss(int at) throws IOException {
    ProgramCache cache = ProgramCache.in(directory);
    cache.write(KEY, BINARY);
    byte[] bytes = Files.readAllBytes(entry());
    bytes[at] ^= 2;
    Files.write(entry(), bytes);
    assertNull(cache.read(KEY), "byte " + at + " is magic, format, key, checksum or binary");
    cache.write(KEY, BINARY);
    assertArrayEquals(BINARY, cache.read(KEY), "a bad entry is replaced");
  }

  @Test
  void aDirectoryThatCannotBeMadeIsAMiss() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "not a directory");
    ProgramCache cache = ProgramCache.in(file.resolve("below"));
    cache.write(KEY, BINARY);
    assertNull(cache.read(KEY));
    ProgramCache.none().write(KEY, BINARY);
    assertNull(ProgramCache.none().read(KEY));
    assertFalse(ProgramCache.none().isEnabled());
  }

  @Test
  void theLeastRecentlyUsedGoesFirst() throws IOException {
    ProgramCache cache = new ProgramCache(directory, 120);
    String second = ProgramCache.key(DEVICE, "second");
    String third = ProgramCache.key(DEVICE, "third");
    cache.write(KEY, BINARY);
    cache.write(second, BINARY);
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
      }
    }
    assertArrayEquals(BINARY, cache.read(KEY), "the read marks it as used");
    cache.write(third, BINARY);
    assertNull(cache.read(second));
    assertArrayEquals(BINARY, cache.read(KEY));
    assertArrayEquals(BINARY, cache.read(third));
  }

  private static String source(int value) {
    return "kernel void put(global int *dst) { dst[0] = " + value + "; }";
  }

  private static int run(Context context, String source) {
    try (Program program = context.build(new ProgramSource("put", source));
        CommandQueue queue = context.queue();
        DeviceBuffer dst = context.allocate(4)) {
      Kernel kernel = program.kernel("put");
      kernel.arguments().buffer(dst);
      try (Launch launch = kernel.launch(NdRange.global(1).local(1))) {
        queue.enqueue(launch);
      }
      IntBuffer target = ClContractTest.ints(0);
      queue.read(dst, 0, target);
      return target.get(0);
    }
  }

  @Tag("device")
  @ParameterizedTest
  @ValueSource(strings = {"lwjgl", "jocl"})
  void aBuildTakesTheBinaryAndSurvivesARefusedOne(String binding) throws IOException {
    Device device = ClContractTest.load(binding).select(null);
    ProgramCache cache = ProgramCache.in(directory);
    String key = ProgramCache.key(device, source(1));
    try (Context context = Context.create(device, cache)) {
      assertEquals(2, run(context, source(2)));
      byte[] two = cache.read(ProgramCache.key(device, source(2)));
      assertTrue(two.length > 0);
      // The wrong program under the right key shows that the binary is what runs.
      cache.write(key, two);
      assertEquals(2, run(context, source(1)));
      cache.write(key, new byte[] {1, 2, 3});
      assertEquals(1, run(context, source(1)), "a binary the driver refuses is rebuilt");
      assertTrue(cache.read(key).length > 3, "and replaced");
      context.build(new ProgramSource("unused", source(3))).close();
      assertNull(
          cache.read(ProgramCache.key(device, source(3))), "an unused program has no code yet");
      assertEquals(List.of(), context.openObjects());
    }
  }
}
