package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lossy WebP is decoded as libwebp does it, sample for sample. */
class LossyWebpTest {
  /** 19x17 pixels, the normal filter, by libwebp through Pillow (quality 60, method 0). */
  private static final String NORMAL =
      ""
          + "UklGRvgAAABXRUJQVlA4IOwAAAAQBgCdASoTABEAPrVUpE0nJKOiKAgA4BaJbGpYTPFAG+A/mdYrD+UAcAV0"
          + "DhDNku56/QN4TAq8N6QA/t6r/q7wCP/jt/8kz4/8NRDt1Os/xO3s/tmZf8V4WtiDGV5LdTuECbzewLuhVPxv"
          + "P85QD3v+XltTMiFX/n25/c/aej0U9HUl+4/tH2+zs3oNUBmu/il+QsdeM3pJbnGW3IfN9PRTn6fX/dqZnqDP"
          + "yC2LYzj3vylDn5yjWVysytUgtP/sp/2/7afvAVuzd7kB713wq8yL/GqDOwnBs+f/ybPQ8mi/P/5NnOrAZNGd"
          + "nWgAAA==";

  /** What libwebp 1.2.4 makes of it, deflated. */
  private static final String NORMAL_SAMPLES =
      ""
          + "eNo9z19MGwUAx3FfnJN20L/XHu1de/17d23Xlm1Q2D9hLDDGlsVItLI/LmhJDMtEZxyS+WCixviwLL64uDhS"
          + "O4ogVFivR/9doS1dbYVBoawUVgqzbeBchzExPhixWmPyff38kt/g5Bf4S60C/T0O+gjCsiD+c0UN/eLBImB4"
          + "Bul2JLodOU5j6qxatQGqnvLQXwGUFqIFQJ0bd98Yum8Xoh+AGhLC09VYHtBugnhKpYjrpcEaaciAzGjlPymU"
          + "yyCa42E0gG2V4Y+eN+PBz0Z+cGC1N8S6uES1bZAnT0hcZuiWBfrobai/E/78sHJMiT0ANUs8bQbAc2UY9beF"
          + "qfMusm/EQWj1X9fL3JfEA++y+29jV61op13dcVvTfUnU14Ja1ZhPrF0SouslVYqMmchIoydgDhAfT9ncVxSv"
          + "2wSngmBTUHY8qKiLyowhed0k3v6p3HJScaca9onUq2U4Hq8jooenp1rmJy4XB7/8FjNEOZxtCF4RyZch5aoI"
          + "WRPLlmHcCZ/4EL7WJh1QKWbL0BNumwq2zvqac9+bragwBMpyEk6e98IGX5wVqDcEyowQS4HGOdAUFB7/Stpb"
          + "D5N8NFcq4j8X852dd7fSQ2YKh9ZEqryQRQOsLR5SYGMFtmaTq0nztWk+vsmX+1UXG8WjZZgi2hfJs3FPx+ZI"
          + "F6Hip6rlGS6SZ6u29+G/MAw0szZftT/Dg1KA8BEotSOvHoUdXCxXatXZmnS1Rz3mzOhbTpSd5EPZKjTH1NIM"
          + "jK7QbTEanuw7sMoTJwXcBADZEfP/cMnTvOBti/teeTL6BoEy0lzBNkNR3KugK6F8lXKd1bDCrk/yVaXBNBtx"
          + "iM3HYAcH/wfGqSMxqinqb8+OmUf3Pz8PsvOV8NMKaZ4lynKRDKcmxT00L8BjAl1Y0HhHet0kcZdhKFQ7E2yI"
          + "BJrT91/etVpIZE8C4K3z4YVKcJEpWtsrSjORuWqNS3bqJnL9vNSGymf/hYXAjD4QPhCcPvqQPF0cvrB7t2cI"
          + "eC4EA1GFcg5RPhZBKQiiZOJbyKGLsivH8Hsw+h/0P8D8EZ0/XB+mTj50dey4e/+yvfeNljl2UOo0Simd0Gtk"
          + "2Ux7/iRuLjonG0x9kCbA1RR4+FYgovFHjCVITTWFvOdmic4NR3dxuPc3+/t/WK/tDryza+/5faL78UQPNf7J"
          + "8FhApr8LahNCPFs6GAoeCU03hamWGd+ZuPe1BfeFJfLyMtG14uxac1rShCVFdifcV2PefmpycJx4pjB8J9Ik"
          + "/gYAb6sf";

  /** 18x33 pixels, the simple filter with sharpness 3, two partitions, segments, by ImageMagick. */
  private static final String SIMPLE =
      ""
          + "UklGRqoAAABXRUJQVlA4IJ4AAAByBQCdASoSACEAPvlmrE6qpaQiNVgIBVYfCWoAuzOmQagdAjOvuSEaxtn1"
          + "7l2Mth5uXYAAAM4y9oycwD56swh0mzrwssdwLdgOW2nsQI8+PGCnJLG/0rPQ8iE+X7djXqjJwR7l+x9Pso8s"
          + "5BKeNNGB0p0VN0Jy86mg9MUOqR2lZP0GX4lvzGjo2xBbkQW5ZyxMADrOLgDyAwoQAAAAAA==";

  /** What libwebp 1.2.4 makes of it, deflated. */
  private static final String SIMPLE_SAMPLES =
      ""
          + "eNq902tMU2cYB3CWGd2U26i0h3PacWzLaYFaGTLFqFgREbEUNM5LRDeUjQUGuGzKnIJBkBFNFt0txttmnSCj"
          + "lEvp/ZzT6zltaQUE5CKIoIgIiNNN/bAY9h5JlmUufDT5f3g/vL887/9JXqWqcIM8LUp4XiK+JYy+C0f+wRJN"
          + "s7BpSPwXHPXoPwkTT0HiCUj8oFqde7n69DpZZZRIgwq6eaKnHNF0qHgainw+i6Kowjp1AYBJySXRojYB/wWA"
          + "cOTjV8m/lcO4w2nJamjaBeBS6Q8A8oU94aIRJGpiFuVuzvCRmwnzWk9LwdXaM5vSjkslhoiIQZ5obBbVqZO1"
          + "GRI8xDILnqg17NMZq+Qbv1+82MDD+mZRfQas2yAF0GVUEPrMJs0XAKakl/Kljtlm4eh1c1SrQeY1baHNu0ya"
          + "D7UN+XqdeknstxESFyzuQ6QPOdGP2VG/w+IpWDwJCIjNLrXZ4pyErMWyuZ3YTdfv8dbneetPNl2sTUmowGLN"
          + "nPfu+UseB4ieQIJxLn8Uwu4DpafjjM54i1XmJuRdpsxb2pxnjmPPyNPtZ8qv/UqkJ1/gS40Bor5A7CGHPwHz"
          + "xyGMmaVzMcpmkXn0G3sat09p81/ojkz89PnUybLRUxd8Z3UpS7/GIvRhguGFgkcLhU/YGNNL447TU/EOUtah"
          + "23S3bufTmpzRym1NawWXELZpleyERJorkScLK6LfbeaiAxzBFPvlrPoWRtG47Gaz/N7F9NuHE8l1cAM614IG"
          + "GWFOU2RM9QrFiTXZCv7+pUjTxqRpLnYPKLU3TkfHu3DZoDq1pzQeXx9iEM6h0AXeRUE+FPKEYzgWq5QsK8bS"
          + "M9glUf6XhRG9QKl8jPKaZHdUqQ2Ktxoj/dzh81rhABplt6DcDh50nYtaeEuuhCdUCDJ2Y8VLRNTLXvFmxyqf"
          + "IWm0RvFbnJ+D/0Y7e15nSFArAndwuYPQwuEw5AYcreWIVctXe8qqVoi/E0SbnGSCy5zo06c+qN6qF/h1h87t"
          + "DwoYCuYMs5ARFncyGB5jIb3wIjwcVa+Jua88Z1HiSSs/9hkTfYbkNq1i/MoOM9+vJ+TtQRYb3B8P5j4K5P65"
          + "gDsRiPRxEGcET71SOPZL+U39JS9+1WtiVKeGUfViP294YBcXGuQwCpDn87lT/shAKOIW8BpXCCd/LrFeKuq5"
          + "dtFjSmzVJ/c0MupK3ByjJNjOZ7dzkaEQeMw/bHJ+2Ig/1B2GWEW82tXCEeXhdm2J21oKSgE1WMeogeNyYxqm"
          + "iUGsQsQHQTdC2L3vsNtZoZff9HOnLh8+VdCvOtJpOUpbi2g8sU2XfKdWMVmTeUeZ1fXNNr1cqokJ1wkhKx+m"
          + "UJgQwoAMVeSMGk92O0/4HEfd9kNOglFg7Q+qdvSpsgeuFtws26OXx1bFozXLUNX7KDiAKYB0dfyIeyvttmNu"
          + "axlQ4IW36+TDtVvamjKvN2TfVuZ0VG4bOps3dL7w7tnCgXOf9am/6rSXm72lNbYvcaLYRZaDF3pMSWBcmy7F"
          + "a0j16hVd+q0dzdv77YX9jiKQXvsBL5Hvse3HbXk6PJfED9Iks41XQ+Gb7MQuq2XvTGzWfTOxW3Mpsogmj74e"
          + "5SQOUqDa/ymnOdWG7yTJrJn8w63kp3b8gBM/8joV+Ptg+S+T5CLWu/ANIBSexvQispjg+2xktp3MYULkz/Si"
          + "LGsoci1FrqOIDTQppwkFTWRQxAdOMtNBfuQg9jrwT5xEHkUWUMR+mjxAE4dcZPHfLLyJow==";

  /** 37x20 pixels of quality 20, filtered strongly, by Pillow. */
  private static final String STRONG =
      ""
          + "UklGRqoAAABXRUJQVlA4IJ4AAADQBQCdASolABQAPzmEulUvKCWjNVQIAeAnCWwAt+d6ed8II+A3kkA7Eyyf"
          + "4IQS3Xl1/+6IMffAAM4KrwKnU04MtPrYVGPkwj9w2qiRm6nSSM2jUjM91XR18tayy77PPC+q4A4EBg9bHqjp"
          + "NTZXRRhzpF0wil2flZC6d4iSBTOtvdywP1o+lGD/f9telHJBsOAmlvqNe2mu+VeapgAAAA==";

  /** What libwebp 1.2.4 makes of it, deflated. */
  private static final String STRONG_SAMPLES =
      ""
          + "eNqN1XtsU1UcwHET4gNk6+vee859v/rcWKfjNQF1EkBYaoFlIMOJ0YhvjQGJiv4jICpGw4xTEiMOFXzhY2OC"
          + "Vsa6tV23uW5ujpY+1967rbCBhvgIGkM9XaXWYaLJ94/z3ye/m/M7tyFwv7h2rta6f86CDMVkKDrDCBmrdL7K"
          + "2LVefG+LvPdVcWszu7YPzh+HwjlcmyY0CihGpYiifKf1ml9n4THN4rek3Y9ed3SecJSxds+2D11jjxlsKjSn"
          + "873SuelNT6N16Q5cdHH8HxyVEdlMGf/LSvHEJuHNp6Xdr/MPtzK39ZFzETdJ6MeALgW0qCShyadihjMaMojN"
          + "P8w/sLP0jSrmkNHUpSmNzJozarClC7lDA4++7nrwnfbGsqr7zSafmcrYYGYR+O1OvvkJ9rk9/NYmdpOLXv4d"
          + "LB+FwmmAKdCQgHpUDOjynSJBPy1/y9j6qdJmofZOw0sVnBcYJ4rMF3DLuUKu6Xh1S99dB1x1n7gaK+zbKwTf"
          + "PHBxpWFyG7XvVXLzfrr+U8rZSS4ehvYkwasESEAiQhJhiBc2SNMewdQliFGo66PKntfcU4O9b2TGtPJFwvRj"
          + "IXeko7ytZ0Wbr77N/ZSnvWntzVulKz5YV+R/DTz5Kb7iGFjqJm4IgIogYYsDeQSyEZIKUSgmSP/dIMv1CEIv"
          + "LwRpKkga24vn7yl+ZDEZwKUL0PSP6fw9FX7/Ip/X4euoV8I7D+7dXlf+4h1XPf0JWO3Tz+nByvqxkpO4NYyb"
          + "IkCKACFEckGKG6ZRQr5BRupjrQOMOQK5EcBHMdMXYH0d84GVD7KmVCE30LE04Knq9S3q9awI9Tw04n259aXt"
          + "T/FGDy3FtDBioCMYF8P5KC4iLgylECkEqSmFkvINkSUDcEkIqzyjY05j5DBlb5VW77Bsd8rvmI0BwpLON3Si"
          + "eqBjWW9XZbevqte17qehHWdd246tkwLszDHttYpOlzQQSYxOYGwMCJdEKfjPQqAkbFg0oq08WyxM6PlhsuKo"
          + "sKrB8sDdloYS2Y9b07kQ9127I9BR7e1a4fVVuz5bnmrbrB7YcHjJ1QH+KgWbpWCz0SVP4iCFMyM4lyCEKXR6"
          + "CVwa1xnTWrOiK0li9ji43k2u3MNsu51/1yoH0C6gciLiejsd7X6U88jhm1Mn7prcX9tyw4x+8coUMVPFi1RM"
          + "l8Ky3CUxi05LwbizWjih5RIGexRfkMKv9+KrnsefWQ0/NMuDOS4nDrQ7uj2O4z0o5xef3Yi4H96uObZwxpB0"
          + "tUIWqVCnAlwhaIVgc40QWXRaCsZM6OCZKS5OLFSJikJOb0vrL4kBt8Pvcbh6Uc6vji6PuTaMNiz7esGM4Syn"
          + "QUutADCdu0zMcWkdF8P+F5ebzu+rPXWkJrRr4UH5ipPSLJXSqiSmQqhCNs+hZb8sUcX5CQN5Ws/H8esSoHIU"
          + "zPUR1S8Qz64lP5r2MRGHPmZbN8rZ31MX/rI28fIS903XBI2zR2lMpWGKhCnIJkE2tOaXW3kubfhvbqDgqnzr"
          + "rUm1bbxwcP34vfaQqWiUAQpLpmgmRXFJko9TU0EeLfIIEAuSFYJH65bG2P/Juf0Od5ezu3ON0rExc/y+n3ff"
          + "6i/TnDSCiEDHWGaEFuKUGGTFU6wYJf+FQ2OmMRINOKGTx3F7mJrXTNVuoRuWst9IxvDlXGeXo9Pn7HGvDrWv"
          + "U1prf/poU1PlTNdcys3o1FJbjJGijPF7MVuUlhPkpaApVwqK4wCe1+szM4t/LaY99LwXxM23Sl/KxiRlHsMt"
          + "Z/Ihrq/D4fVl6+1wDrWtiXxdM9ZcP7rvngPz8a5yqRvgUTbLDYpmVJiebqGSUBwD9A8G4uK1hKop3cfVbBB3"
          + "2oz9Bst53DJZyGVfFbcj+0R7kfsXp7bUT378+Pm9j7WWkIMWOcyIcUr+njOhEIfOcdI0lSVXEspq9jpZguCW"
          + "FunhOu6VMus3jDWGWX/8Vw7tAgpxw8fXxL6qUVrqhxo3/t70bGbXlm6BPUWJcSiepOVhRkbnKIn+azIqz6EB"
          + "VcCHyXIvt77RvGuJ/DlZGiRKxjDbuUIL9SeDrIrK";

  /** 8x1 pixels with compressed alpha. */
  private static final String ALPHA =
      ""
          + "UklGRmgAAABXRUJQVlA4WAoAAAAQAAAABwAAAAAAQUxQSBoAAAANJ6AgbQMWdTdi/oMXIhAIkCkrHgSI6H+w"
          + "AVZQOCAoAAAAkAEAnQEqCAABAAJAOCWgAnS6AAOYAP7wiY3+4Mz6uxw/dGxdbROAAA==";

  /** What libwebp 1.2.4 makes of it, deflated. */
  private static final String ALPHA_SAMPLES = "" + "eNrTDO9h0ERgbiAWBGIp9YgeVbXwbn0AjrsI5g==";

  /** 1x9 pixels with alpha as it is, less its neighbours. */
  private static final String PLAIN_ALPHA =
      ""
          + "UklGRloAAABXRUJQVlA4WAoAAAAQAAAAAAAACAAAQUxQSAoAAAAMAAAHDg8MDgkRVlA4ICoAAACwAQCdASoB"
          + "AAkAAkA4JaACdLoABGaAAP7wVsL/cGZ9XY4f3NjnFshgAAA=";

  /** What libwebp 1.2.4 makes of it, deflated. */
  private static final String PLAIN_ALPHA_SAMPLES =
      "" + "eNpTi+hjUINgdiAWBWIVIDYAYjsgdleP7I8AALquCr0=";

  @TempDir Path dir;

  private Image read(byte[] webp) throws IOException {
    return ImageReader.read(Files.write(dir.resolve("a.webp"), webp));
  }

  private String failure(byte[] webp) {
    return assertThrows(ImageException.class, () -> read(webp)).getMessage();
  }

  private static byte[] bytes(String text) {
    return Base64.getDecoder().decode(text);
  }

  @ParameterizedTest
  @CsvSource({
    "19x17, 3, " + NORMAL + ", " + NORMAL_SAMPLES,
    "18x33, 3, " + SIMPLE + ", " + SIMPLE_SAMPLES,
    "37x20, 3, " + STRONG + ", " + STRONG_SAMPLES,
    "8x1, 4, " + ALPHA + ", " + ALPHA_SAMPLES,
    "1x9, 4, " + PLAIN_ALPHA + ", " + PLAIN_ALPHA_SAMPLES
  })
  void everySampleIsLibwebps(String size, int channels, String webp, String samples)
      throws IOException {
    Image image = read(bytes(webp));
    assertEquals("Image(%s, %d channels of 8 bit)".formatted(size, channels), image.toString());
    byte[] expected;
    try (var in = new InflaterInputStream(new ByteArrayInputStream(bytes(samples)))) {
      expected = in.readAllBytes();
    }
    byte[] found = new byte[image.samples().remaining()];
    image.samples().get(found);
    assertArrayEquals(expected, found);
  }

  /** A cut inside a chunk is found by its size; here the sizes fit what is left. */
  @ParameterizedTest
  @ValueSource(strings = {NORMAL, SIMPLE, STRONG})
  void partitionsThatEndEarlyAreNoticed(String webp) throws IOException {
    byte[] whole = bytes(webp);
    for (int length = 20; length < whole.length - 8; length += 2) {
      byte[] cut = Arrays.copyOf(whole, length);
      cut[16] = (byte) (length - 20);
      cut[17] = 0;
      assertTrue(failure(cut).contains("damaged: "), failure(cut));
    }
  }

  @Test
  void damagedHeadersAreNoticed() {
    for (int at : new int[] {20, 23}) { // the kind of frame, its start code
      byte[] damaged = bytes(NORMAL);
      damaged[at] ^= 1;
      assertTrue(failure(damaged).contains("damaged: "), failure(damaged));
    }
    byte[] canvas = bytes(ALPHA);
    canvas[24]++;
    assertTrue(failure(canvas).contains("damaged: "), failure(canvas));
  }

  /** Of an animation, the first frame on the canvas; the second is another picture. */
  @ParameterizedTest
  @CsvSource({"19, 17, 3, " + NORMAL + ", 12", "8, 1, 4, " + ALPHA + ", 30"})
  void anAnimationIsItsFirstFrame(int width, int height, int channels, String webp, int chunksAt)
      throws IOException {
    byte[] alone = bytes(webp);
    byte[] chunks = Arrays.copyOfRange(alone, chunksAt, alone.length);
    byte[] other = bytes(STRONG);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(ascii("WEBP"));
    body.writeBytes(chunk("VP8X", new byte[] {0x12, 0, 0, 0, 36, 0, 0, 19, 0, 0}));
    body.writeBytes(chunk("ANIM", new byte[6]));
    byte[] frame = frame(width, height, chunks);
    frame[0] = 3;
    frame[3] = 1;
    body.writeBytes(chunk("ANMF", frame));
    body.writeBytes(chunk("ANMF", frame(37, 20, Arrays.copyOfRange(other, 12, other.length))));
    Image first = read(chunk("RIFF", body.toByteArray()));
    assertEquals("Image(37x20, 4 channels of 8 bit)", first.toString());
    assertEquals(2, ImageReader.count(dir.resolve("a.webp")));
    Image expected = read(alone);
    assertEquals(channels, expected.channels());
    Pictures.assertSamePixels(Canvas.with(expected, 6, 2, 37, 20), first);
    assertEquals(1, ImageReader.count(dir.resolve("a.webp")));
  }

  private static byte[] frame(int width, int height, byte[] chunks) {
    byte[] body = new byte[16 + chunks.length];
    body[6] = (byte) (width - 1);
    body[9] = (byte) (height - 1);
    System.arraycopy(chunks, 0, body, 16, chunks.length);
    return body;
  }

  private static byte[] chunk(String type, byte[] body) {
    return ByteBuffer.allocate(8 + body.length + body.length % 2)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(ascii(type))
        .putInt(body.length)
        .put(body)
        .array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
