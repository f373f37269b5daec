package io.miroir.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every pod finds the same owner, and a pod that leaves moves only its own lanes. */
class LaneOwnerTest {
    @Test
    void onlyTheLanesOfAPodThatLeavesMove() {
        Set<String> three = Set.of("pod-0", "pod-1", "pod-2");
        int[] owned = new int[3];
        for (int lane = 0; lane < 300; lane++) {
            String name = "index-" + lane;
            String owner = LaneOwner.of(name, three);
            owned[owner.charAt(4) - '0']++;
            String without = LaneOwner.of(name, List.of("pod-0", "pod-2"));
            if (!owner.equals("pod-1")) {
                assertEquals(owner, without);
            }
        }
        for (int count : owned) {
            assertTrue(count > 60, "lanes are spread: " + count);
        }
    }
}
