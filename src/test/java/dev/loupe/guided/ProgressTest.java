package dev.loupe.guided;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests of {@link Progress}. */
class ProgressTest {
  @Test
  void aPartGoesFromItsBeginningToItsEnd() {
    List<Double> heard = new ArrayList<>();
    Progress whole = heard::add;
    Progress part = whole.part(0.25, 0.75);
    assertTrue(part.wantsPauses());
    part.at(0);
    part.at(0.5);
    part.at(1);
    assertEquals(List.of(0.25, 0.5, 0.75), heard);
  }

  @Test
  void nobodyWantsNoPausesInPartsEither() {
    assertFalse(Progress.NONE.wantsPauses());
    assertFalse(Progress.NONE.part(0.25, 0.75).wantsPauses());
  }
}
