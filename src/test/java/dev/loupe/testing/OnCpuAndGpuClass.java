package dev.loupe.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A test class for kernels without vector lanes: only the work-groups differ between device
 * classes, so one for CPUs and the one for GPUs are enough.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("device")
@ParameterizedClass(name = "{0}")
@ValueSource(strings = {"cpu-16", "gpu", "gpu-matrix"})
public @interface OnCpuAndGpuClass {}
