package dev.loupe.guided;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.loupe.image.Image;
import dev.loupe.image.ImageReader;
import dev.loupe.image.Metrics;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.network.Networks;
import dev.loupe.network.WeightSource;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.testing.SharedContext;
import dev.loupe.weights.CheckpointNames;
import dev.loupe.weights.TorchCheckpoint;
import dev.loupe.weights.Variant;
import dev.loupe.weights.Weights;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The public checkpoints of the originals on Set5 against their published scores. */
@Tag("device")
@Tag("slow")
class OriginalsOnSet5Test {
  private static final int PICTURES = 5;

  @ParameterizedTest
  @CsvSource({
    "PANx2_DF2K.pth, pan-original, 2, 38.00, 0.9605",
    "PANx3_DF2K.pth, pan-original, 3, 34.40, 0.9272",
    "PANx4_DF2K.pth, pan-original, 4, 32.13, 0.8948",
    "RFDN_AIM.pth, rfdn-original, 4, 32.16, 0.8946",
  })
  void scoreAsPublished(String file, String network, int scale, double psnr, double ssim) {
    Path checkpoint = Path.of("../shared/checkpoints", file);
    Path set5 = Path.of("../shared/data/eval/Set5/x" + scale);
    Assumptions.assumeTrue(Files.exists(checkpoint), "no third-party checkpoint " + checkpoint);
    Assumptions.assumeTrue(Files.exists(set5), "no data set " + set5);
    Weights weights = CheckpointNames.of(network).weights(TorchCheckpoint.read(checkpoint), scale);
    GuidedScheme scheme =
        new GuidedScheme(
            Networks.of(weights.metadata()),
            WeightSource.of(weights),
            weights.metadata().p(),
            weights.metadata().valueRange(),
            1);
    double psnrSum = 0;
    double ssimSum = 0;
    for (int i = 1; i <= PICTURES; i++) {
      String name = "img_%03d_SRF_%d_".formatted(i, scale);
      Image highRes = ImageReader.read(set5.resolve(name + "HR.png")).toRgb();
      Image superRes = upscale(scheme, ImageReader.read(set5.resolve(name + "LR.png")).toRgb());
      psnrSum += Metrics.psnr(superRes, highRes, scale);
      ssimSum += Metrics.ssim(superRes, highRes, scale);
    }
    assertEquals(psnr, psnrSum / PICTURES, 0.01);
    assertEquals(ssim, ssimSum / PICTURES, 0.0002);
  }

  private static Image upscale(GuidedScheme scheme, Image lowRes) {
    int scale = scheme.network().scale();
    FrameGraph frame =
        scheme.build(
            FrameSpec.pixels(lowRes.width(), lowRes.height(), 3, 8, Variant.BASE, PatchCount.NONE));
    Image superRes = Image.allocate(lowRes.width() * scale, lowRes.height() * scale, 3, 8);
    Context context = SharedContext.get("lwjgl");
    try (KernelLibrary library = new KernelLibrary(context);
        CommandQueue queue = context.queue();
        FrameRunner runner = Engines.whole(frame, library, queue)) {
      runner.run(lowRes.samples(), superRes.samples(), Progress.NONE);
    }
    return superRes;
  }
}
