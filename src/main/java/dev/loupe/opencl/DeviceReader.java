package dev.loupe.opencl;

import dev.loupe.opencl.ClBinding.Kind;
import dev.loupe.opencl.Device.Compute;
import dev.loupe.opencl.Device.Memory;
import dev.loupe.opencl.Device.Origin;
import dev.loupe.opencl.Device.Versions;
import dev.loupe.opencl.Device.WorkItems;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The list of a binding's platforms and devices, read once. */
final class DeviceReader {
  // CL/cl.h
  static final int CL_PLATFORM_VERSION = 0x0901;
  static final int CL_PLATFORM_NAME = 0x0902;
  static final int CL_DEVICE_TYPE = 0x1000;
  static final long CL_DEVICE_TYPE_CPU = 1 << 1;
  static final long CL_DEVICE_TYPE_GPU = 1 << 2;
  static final long CL_DEVICE_TYPE_ACCELERATOR = 1 << 3;
  static final long CL_DEVICE_TYPE_ALL = 0xFFFFFFFFL; // the upper bits set, rusticl refuses it
  static final int CL_DEVICE_MAX_COMPUTE_UNITS = 0x1002;
  static final int CL_DEVICE_MAX_WORK_GROUP_SIZE = 0x1004;
  static final int CL_DEVICE_MAX_WORK_ITEM_SIZES = 0x1005;
  static final int CL_DEVICE_MAX_CLOCK_FREQUENCY = 0x100C;
  static final int CL_DEVICE_MAX_MEM_ALLOC_SIZE = 0x1010;
  static final int CL_DEVICE_GLOBAL_MEM_SIZE = 0x101F;
  static final int CL_DEVICE_LOCAL_MEM_SIZE = 0x1023;
  static final int CL_DEVICE_NAME = 0x102B;
  static final int CL_DEVICE_VENDOR = 0x102C;
  static final int CL_DRIVER_VERSION = 0x102D;
  static final int CL_DEVICE_VERSION = 0x102F;
  static final int CL_DEVICE_EXTENSIONS = 0x1030;
  static final int CL_DEVICE_HOST_UNIFIED_MEMORY = 0x1035;
  static final int CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT = 0x103A;
  // CL/cl_ext.h
  static final int CL_DEVICE_UUID_KHR = 0x106A;
  static final int CL_DEVICE_PCI_BUS_INFO_KHR = 0x410F;
  static final int CL_DEVICE_COMPUTE_CAPABILITY_MAJOR_NV = 0x4000;

  /** The first generation of NVIDIA's whose matrix units multiply TF32, too: Ampere. */
  static final int LEAST_CAPABILITY = 8;

  private final ClBinding binding;
  private final List<Platform> platforms = new ArrayList<>();
  private final List<Device> devices = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  DeviceReader(ClBinding binding) {
    this.binding = binding;
    for (Object handle : binding.platforms()) {
      Platform platform = platform(new Info(binding, Kind.PLATFORM, handle));
      platforms.add(platform);
      try {
        for (Object device : binding.devices(handle)) {
          devices.add(device(platform, device));
        }
      } catch (ClException e) {
        problems.add("platform %s shows no devices: %s".formatted(platform.name(), e.getMessage()));
      }
    }
  }

  /** Platforms whose devices could not be listed, a line each: the others' serve all the same. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  List<Platform> platforms() {
    return List.copyOf(platforms);
  }

  List<Device> devices() {
    return List.copyOf(devices);
  }

  private static Platform platform(Info info) {
    return new Platform(info.text(CL_PLATFORM_NAME), info.text(CL_PLATFORM_VERSION));
  }

  private Device device(Platform platform, Object handle) {
    Info info = new Info(binding, Kind.DEVICE, handle);
    String name = info.text(CL_DEVICE_NAME);
    Set<String> extensions = Set.copyOf(List.of(info.text(CL_DEVICE_EXTENSIONS).split("\\s+", -1)));
    return new Device(
        devices.size(),
        id(platform, name, info, extensions),
        name,
        info.text(CL_DEVICE_VENDOR),
        type(info.big(CL_DEVICE_TYPE)),
        platform,
        new Versions(info.text(CL_DRIVER_VERSION), info.text(CL_DEVICE_VERSION)),
        compute(info, extensions),
        memory(info),
        new Origin(binding, handle));
  }

  private static Compute compute(Info info, Set<String> extensions) {
    long[] items = info.sizes(CL_DEVICE_MAX_WORK_ITEM_SIZES, 3);
    return new Compute(
        info.integer(CL_DEVICE_MAX_COMPUTE_UNITS),
        info.integer(CL_DEVICE_MAX_CLOCK_FREQUENCY),
        info.big(CL_DEVICE_MAX_WORK_GROUP_SIZE),
        new WorkItems(items[0], items[1], items[2]),
        info.integer(CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT),
        extensions.contains("cl_nv_device_attribute_query")
            && info.integer(CL_DEVICE_COMPUTE_CAPABILITY_MAJOR_NV) >= LEAST_CAPABILITY);
  }

  private static Memory memory(Info info) {
    return new Memory(
        info.big(CL_DEVICE_GLOBAL_MEM_SIZE),
        info.big(CL_DEVICE_MAX_MEM_ALLOC_SIZE),
        info.big(CL_DEVICE_LOCAL_MEM_SIZE),
        info.integer(CL_DEVICE_HOST_UNIFIED_MEMORY) != 0);
  }

  private static Device.Type type(long bits) {
    if ((bits & CL_DEVICE_TYPE_GPU) != 0) {
      return Device.Type.GPU;
    }
    if ((bits & CL_DEVICE_TYPE_ACCELERATOR) != 0) {
      return Device.Type.ACCELERATOR;
    }
    return (bits & CL_DEVICE_TYPE_CPU) != 0 ? Device.Type.CPU : Device.Type.OTHER;
  }

  /** platform/device/place, where place is the PCI address, else the UUID, else a count. */
  private String id(Platform platform, String name, Info info, Set<String> extensions) {
    String stem = slug(platform.name()) + "/" + slug(name) + "/";
    String place = place(info, extensions);
    boolean taken = devices.stream().anyMatch(d -> d.id().equals(stem + place));
    if (place.isEmpty() || taken) {
      return stem + devices.stream().filter(d -> d.id().startsWith(stem)).count();
    }
    return stem + place;
  }

  private static String place(Info info, Set<String> extensions) {
    if (extensions.contains("cl_khr_pci_bus_info")) {
      byte[] bytes = info.bytes(CL_DEVICE_PCI_BUS_INFO_KHR);
      if (bytes.length >= 4 * Integer.BYTES) {
        ByteBuffer pci = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        return "pci-%04x:%02x:%02x.%x"
            .formatted(pci.getInt(), pci.getInt(), pci.getInt(), pci.getInt());
      }
    }
    if (extensions.contains("cl_khr_device_uuid")) {
      byte[] uuid = info.bytes(CL_DEVICE_UUID_KHR);
      return uuid.length == 0 ? "" : "uuid-" + HexFormat.of().formatHex(uuid);
    }
    return "";
  }

  private static String slug(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
  }
}
