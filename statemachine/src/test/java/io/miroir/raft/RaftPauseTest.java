package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader that is frozen while another one is elected, and thaws. */
class RaftPauseTest {
    private static final int TIMES = 3;

    @Test
    void aLeaderThatThawsTellsNothingOldAndItsDutyIsOver(@TempDir Path dir) throws Exception {
        // It does not know yet that it is deposed: what it is asked was waiting for it. A read that
        // must see everything sees what was acknowledged meanwhile, or is refused; a command of its
        // term takes no effect.
        try (MemberJvms group = new MemberJvms(dir, RaftKills.PATIENT)) {
            for (int i = 0; i < TIMES; i++) {
                String old = group.leader();
                MemberJvm frozen = group.get(old);
                String term = frozen.ask("role").substring("LEADER ".length());
                List<MemberJvm> others = group.without(old);
                group.write(others.getFirst(), 1, 1);
                // A read that is confirmed now must not count for one after the pause.
                assertEquals("yes", frozen.ask("has " + (group.acknowledged() - 1)));
                frozen.pause();
                Group.await(
                        "another leader",
                        () -> others.stream().anyMatch(m -> m.ask("role").startsWith("LEADER")));
                group.write(others.getFirst(), 5, 1);
                frozen.say("has " + (group.acknowledged() - 1));
                frozen.say("flip-in-term " + term);
                frozen.resume();
                assertNotEquals("no", frozen.answer(), "a stale read in round " + i);
                String duty = frozen.answer();
                assertTrue(List.of("Deposed", "Unavailable", "Indeterminate").contains(duty), duty);
                group.awaitEqual();
            }
            group.assertNothingLostOrDoubled();
        }
    }
}
