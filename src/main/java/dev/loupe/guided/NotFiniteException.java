package dev.loupe.guided;

import dev.loupe.op.Precision;
import dev.loupe.opencl.Device;

/** A picture with a NaN or an infinity in it: it is never handed out. */
public final class NotFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private NotFiniteException(String producer, String remedy, Throwable cause) {
    super(
        "the picture made by %s has a value that is not finite; %s".formatted(producer, remedy),
        cause);
  }

  /** One that a device made from tensors of {@code precision}. */
  static NotFiniteException of(Device device, Precision precision) {
    String remedy =
        precision == Precision.FP16
            ? "fp16 holds none beyond 65504: take fp32"
            : "try '-d java', and 'loupe doctor' for the device";
    return new NotFiniteException(device.name(), remedy, null);
  }

  /** One that plain Java made, where no driver can be at fault. */
  static NotFiniteException inJava(Throwable cause) {
    return new NotFiniteException("plain Java", "the input or the weights give such values", cause);
  }
}
