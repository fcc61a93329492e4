package dev.loupe.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code loupe upscale} refuses: by its name, before the work, with nothing written. */
class UpscaleRefusalTest extends UpscaleFixture {
  @Test
  void aSizeBeyondTheScaleIsRefused() throws IOException {
    Path in = picture("a.png", 18, 10, 3, 8);
    Path out = folder.resolve("b.png");
    upscale(in, "-o", out, "-s", 2, "--width", 37)
        .isRefused("a.png", "37x21 is beyond what the model makes of this picture, 36x20");
    upscale(in, "-o", out, "--height", 0).isRefused("--height 0");
    assertEquals(List.of("a.png"), names());
  }

  @Test
  void patchesAreRefusedByAModelThatHasNoRefineNet() {
    Path out = folder.resolve("o.png");
    CommandLineRun run =
        upscale(picture("in.png", 8, 8, 3, 8), "-o", out, "-m", "rfdn-x4", "-k", "15%");
    assertEquals(Main.BAD_USAGE, run.exitCode());
    assertTrue(run.err().contains("model rfdn-x4 cannot choose patches"), run::err);
    assertFalse(Files.exists(out));
  }

  @Test
  void optionsThatWouldCountForNothingAreRefused() {
    Path in = picture("in.png", 8, 8, 3, 8);
    Path out = folder.resolve("o.png");
    upscale(in, "-o", out, "--variant", "base", "-k", "7%").isRefused("K = 7%", "variant base");
    upscale(in, "-o", out, "-f", "jpg").isRefused("-f jpg", out, "leave out -f");
    assertFalse(Files.exists(out));
  }

  @Test
  void anEmptyNameIsNone() {
    Path in = picture("in.png", 4, 4, 3, 8);
    upscale(in, "-o", "").isRefused("empty");
    upscale("", "-o", folder.resolve("o.png")).isRefused("empty");
  }

  @Test
  void pipesTakeOnePicture() {
    Path in = picture("in.png", 4, 4, 3, 8);
    upscale("-", in, "-o", folder).isRefused("-:", "one picture");
    upscale(folder, "-o", "-").isRefused("-:", "one picture");
    assertTrue(upscale(in, "-o", "-", "--json").json().get("error").toString().contains("--json"));
  }

  @Test
  void damagedPicturesAreRefusedAndNothingIsWritten() throws IOException {
    byte[] whole = Files.readAllBytes(picture("whole.png", 40, 40, 3, 8));
    Path cut = Files.write(folder.resolve("cut.png"), Arrays.copyOf(whole, whole.length / 2));
    Path text = Files.writeString(folder.resolve("text.png"), "hello");
    Path empty = Files.createFile(folder.resolve("empty.png"));
    List<String> before = names();
    for (Path bad : List.of(cut, text, empty, folder.resolve("missing.png"))) {
      upscale(bad, "-o", folder.resolve("out.png")).isRefused(bad);
    }
    assertEquals(before, names());
  }

  @Test
  void targetsThatCannotBeAreRefusedBeforeWork() {
    Path in = picture("in.png", 4, 4, 3, 8);
    Path alpha = picture("alpha.png", 4, 4, 4, 8);
    upscale(in, "-o", in).isRefused(in, "overwrite");
    upscale(in, "-o", folder).isRefused("in.png", "overwrite");
    upscale(in, "-o", folder.resolve("o.xyz")).isRefused("o.xyz", ".png");
    upscale(in, "-o", folder.resolve("no/dir/o.png")).isRefused("no directory");
    upscale(in, alpha, "-o", folder.resolve("o.png")).isRefused("directory");
    upscale(alpha, "-o", folder.resolve("o.jpg")).isRefused("transparency");
    upscale(in, "-o", folder.resolve("sub"), "-f", "gif").isRefused("gif", "png");
    upscale(folder.resolve("in.png"), in, "-o", folder.resolve("d/")).isRefused("both");
  }

  /** By its name alone, link/.. would be the folder that the link stands in. */
  @Test
  void anInputBehindALinkIsNotOverwritten() throws IOException {
    Path real = Files.createDirectories(folder.resolve("real/deep")).getParent();
    Path in = Files.move(picture("a.png", 4, 4, 3, 8), real.resolve("a.png"));
    Files.createSymbolicLink(folder.resolve("link"), real.resolve("deep"));
    byte[] before = Files.readAllBytes(in);
    upscale(in, "-o", folder.resolve("link/../a.png")).isRefused("overwrite");
    upscale(real, "-o", folder + "/link/..").isRefused("overwrite");
    assertArrayEquals(before, Files.readAllBytes(in));
  }

  @Test
  void directoryWithoutRightsIsRefused() throws IOException {
    Path in = picture("in.png", 4, 4, 3, 8);
    Path locked = Files.createDirectory(folder.resolve("locked"));
    assertTrue(locked.toFile().setWritable(false));
    Assumptions.assumeFalse(Files.isWritable(locked), "root may write anywhere");
    upscale(in, "-o", locked.resolve("o.png")).isRefused("permission");
  }

  @ParameterizedTest
  @CsvSource({
    "-k, -1, 1000",
    "-k, 120%, 15%",
    "-k, many, all",
    "-m, nosuch, fsrcnn-x4",
    "-m, no/such.safetensors, no/such.safetensors",
    "--variant, best, mask",
    "-s, 1, '2, 3 or 4'",
    "-s, 5, '2, 3 or 4'",
    "-s, x, int",
    "--quality, 90, .jpg",
    "--nonsense, 1, --help"
  })
  void wrongOptionsAreRefusedByNameValueAndFix(String option, String value, String fix) {
    Path in = picture("in.png", 4, 4, 3, 8);
    Path out = folder.resolve("o.png");
    CommandLineRun run = upscale(in, "-o", out, option, value).isRefused(fix);
    assertTrue(run.err().contains(value) || run.err().contains(option), run::err);
    assertFalse(Files.exists(out));
    CommandLineRun json = upscale(in, "-o", out, option, value, "--json");
    assertEquals(Main.BAD_USAGE, json.exitCode());
    assertTrue(
        json.json().get("error").toString().contains(fix) || fix.equals("--help"), json::out);
    assertEquals("", json.err());
  }

  @Test
  void optionsThatWouldDoNothingAreRefused() {
    Path in = picture("in.png", 4, 4, 3, 8);
    upscale(in, "-o", folder.resolve("o.jpg"), "--quality", 0).isRefused("0", "1 to 100");
    upscale(in, "-o", folder + "/d/", "--quality", 90).isRefused("--quality 90", ".webp");
    upscale(in, "-o", folder + "/d/", "-f", "webp", "--quality", 90).succeeds();
    upscale(in, "-o", folder.resolve("o.png"), "--memory", "256M")
        .isRefused("plain Java", "--memory");
    assertFalse(Files.exists(folder.resolve("o.png")));
  }

  @Test
  void scaleOfAnotherModelIsRefused() {
    Path in = picture("in.png", 4, 4, 3, 8);
    upscale(in, "-o", folder.resolve("o.png"), "-m", "fsrcnn-x4", "-s", 2)
        .isRefused("model fsrcnn-x4 upscales by 4, not by 2");
    upscale(in, "-o", folder.resolve("o.png"), "-s", 4).succeeds();
    upscale(in, "-o", folder.resolve("o.png"), "-m", "fsrcnn", "-s", 4).succeeds();
  }

  @Test
  void unknownBindingIsRefused() {
    Path in = picture("in.png", 4, 4, 3, 8);
    CommandLineRun.of("upscale", in, "-o", folder.resolve("o.png"), "--binding", "cuda")
        .isRefused("cuda", "lwjgl");
  }
}
