package io.miroir.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Steps are counted as they are done, waits are not steps. */
class StepsTest {
    @Test
    void whatIsDoneOnThreeMachinesIsThreeSteps() {
        List<String> done = new ArrayList<>();
        Steps steps = new Steps();
        steps.step("backup", () -> done.add("backup"));
        steps.step(3, "start", () -> done.add("start"));
        steps.await(() -> done.add("ready"));
        assertEquals(List.of("backup", "start", "ready"), done);
        assertEquals(4, steps.count());
        assertEquals("backup, 3 x start", steps.toString());
        assertTrue(steps.seconds() > 0);
    }
}
