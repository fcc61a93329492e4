package dev.loupe.op;

import dev.loupe.opencl.DeviceBuffer;

/**
 * The device memory of weights that change between runs: all of them in one buffer of floats.
 *
 * <p>What is recorded with it reads the weights anew at every run; weights that it does not hold
 * are constants.
 */
public interface ParameterMemory {
  /** The memory of inference: it holds nothing. */
  ParameterMemory NONE =
      new ParameterMemory() {
        @Override
        public boolean holds(String name) {
          return false;
        }

        @Override
        public long offset(String name) {
          throw new IllegalArgumentException("parameter " + name + " is a constant");
        }

        @Override
        public DeviceBuffer buffer() {
          throw new IllegalStateException("no parameter changes here");
        }
      };

  /** Whether the parameter of this name lies here. */
  boolean holds(String name);

  /** The first element of a parameter, as the state_dict's tensor lies. */
  long offset(String name);

  /** The buffer. */
  DeviceBuffer buffer();
}
