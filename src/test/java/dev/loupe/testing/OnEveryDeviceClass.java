package dev.loupe.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A test class that runs with the kernels of every device class, each forced on the device there
 * is; its constructor takes the class's name.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("device")
@ParameterizedClass(name = "{0}")
@ValueSource(strings = {"cpu-16", "cpu-8", "cpu-4", "gpu", "gpu-matrix"})
public @interface OnEveryDeviceClass {}
