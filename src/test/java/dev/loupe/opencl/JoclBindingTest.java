package dev.loupe.opencl;

/** The contract on JOCL. */
class JoclBindingTest extends ClContractTest {
  @Override
  String binding() {
    return "jocl";
  }
}
