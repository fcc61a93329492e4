package dev.loupe.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of choosing a device, on devices that exist only here. */
class DeviceChoiceTest {
  private static final List<Device> DEVICES =
      List.of(
          device(0, "Epyc", Device.Type.CPU, 64, 3000, true),
          device(1, "Iris Xe", Device.Type.GPU, 96, 2000, true),
          device(2, "Radeon small", Device.Type.GPU, 10, 2000, false),
          device(3, "Radeon large", Device.Type.GPU, 20, 1500, false),
          device(4, "Stratix 10", Device.Type.ACCELERATOR, 200, 3000, false));

  static Device device(
      int index, String name, Device.Type type, int units, int clock, boolean unified) {
    return device(index, name, type, "OpenCL 1.2", units, clock, unified);
  }

  private static Device device(
      int index,
      String name,
      Device.Type type,
      String openCl,
      int units,
      int clock,
      boolean unified) {
    return new Device(
        index,
        "test/" + name.toLowerCase(Locale.ROOT).replace(' ', '-') + "/0",
        name,
        "vendor",
        type,
        new Platform("Test", "OpenCL 1.2"),
        new Device.Versions("1", openCl),
        new Device.Compute(units, clock, 256, new Device.WorkItems(256, 256, 256), 4, false),
        new Device.Memory(1 << 30, 1 << 28, 1 << 15, unified),
        null);
  }

  @ParameterizedTest
  @CsvSource({
    "auto, 3",
    "0, 0",
    "1, 1",
    "test/radeon-small/0, 2",
    "cpu, 0",
    "GPU, 3",
    "accelerator, 4",
    "epyc, 0",
    "RADEON, 3",
    "small, 2",
    "Stratix 10, 4",
    "10, 4"
  })
  void picks(String choice, int index) {
    assertEquals(index, DeviceChoice.select(DEVICES, choice).index());
  }

  @Test
  void picksByRankWhenNothingIsAsked() {
    assertEquals(3, DeviceChoice.select(DEVICES, null).index());
    assertEquals(
        List.of(1, 0, 4),
        List.of(
            DeviceChoice.select(without(2, 3), null).index(),
            DeviceChoice.select(without(1, 2, 3), null).index(),
            DeviceChoice.select(without(0, 1, 2, 3), null).index()));
  }

  private static List<Device> without(Integer... indices) {
    return DEVICES.stream().filter(d -> !List.of(indices).contains(d.index())).toList();
  }

  @Test
  void takesTheFirstOfEqualDevices() {
    List<Device> twins =
        List.of(
            device(0, "A", Device.Type.GPU, 8, 0, false),
            device(1, "A", Device.Type.GPU, 8, 0, false));
    assertEquals(0, DeviceChoice.select(twins, null).index());
  }

  @Test
  void leavesOutWhatIsTooOldUnlessItIsAskedFor() {
    Device old = device(5, "Clover", Device.Type.GPU, "OpenCL 1.1 Mesa 22.3.6", 64, 2000, false);
    List<Device> both = List.of(old, DEVICES.get(0));
    assertEquals(0, DeviceChoice.select(both, null).index());
    assertEquals(5, DeviceChoice.select(both, "gpu").index());
    assertEquals(5, DeviceChoice.select(List.of(old), null).index());
    Device oldCpu = device(6, "Epyc 1.1", Device.Type.CPU, "OpenCL 1.1 AMD-APP", 128, 4000, true);
    assertEquals(0, DeviceChoice.select(List.of(oldCpu, DEVICES.get(0)), "cpu").index());
    assertEquals(0, DeviceChoice.select(List.of(oldCpu, DEVICES.get(0)), "epyc").index());
    assertEquals(6, DeviceChoice.select(List.of(oldCpu, DEVICES.get(0)), "6").index());
  }

  @Test
  void aWrongIndexIsNoPartOfANumberInAName() {
    List<Device> devices =
        List.of(device(0, "pthread-skylake-avx512 RTX4090 HBM3", Device.Type.CPU, 2, 1, true));
    for (String wrong : List.of("1", "2", "3", "5", "12", "409")) {
      assertThrows(
          IllegalArgumentException.class, () -> DeviceChoice.select(devices, wrong), wrong);
    }
    assertEquals(0, DeviceChoice.select(devices, "4090").index());
  }

  @ParameterizedTest
  @CsvSource({"voodoo", "5", "-1", "''", "99999999999"})
  void listsTheDevicesWhenNoneMatches(String choice) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> DeviceChoice.select(DEVICES, choice))
            .getMessage();
    assertTrue(message.contains("\"" + choice + "\""), message);
    assertTrue(message.contains("2: Radeon small (gpu, test/radeon-small/0)"), message);
  }

  @Test
  void saysWhatToDoWithoutDevices() {
    String message =
        assertThrows(ClUnavailableException.class, () -> DeviceChoice.select(List.of(), null))
            .getMessage();
    assertTrue(message.contains("apt install pocl-opencl-icd"), message);
  }
}
