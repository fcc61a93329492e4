package dev.loupe.opencl;

/** The contract on LWJGL. */
class LwjglBindingTest extends ClContractTest {
  @Override
  String binding() {
    return "lwjgl";
  }
}
