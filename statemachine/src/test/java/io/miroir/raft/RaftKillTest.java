package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.raft.link.Acknowledged;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link RaftKills} of whoever it is, whatever it does. */
class RaftKillTest extends RaftKills {
    private static final Logger LOG = LoggerFactory.getLogger(RaftKillTest.class);

    /** Term, index and its entry's term. */
    private static final Pattern WORD = Pattern.compile("(\\d+) (-?\\d+) (\\d+)");

    /** Of how many that were killed the leader knew what they had acknowledged. */
    private int judged;

    /** Appending, applying, looking how much is synced; and what it had acknowledged is there. */
    @Test
    void whereverAMemberIsKilledItComesBackWithTheSameTables(@TempDir Path dir) throws Exception {
        int times = KILLS / 2;
        kill(
                dir,
                times,
                (group, number) ->
                        number % 2 == 0
                                ? inTheMiddleOfWrites(group)
                                : inTheMiddleOfAcknowledgements(group));
        // A leader that was just elected has heard nothing: on a busy machine it takes some more.
        for (int more = 0; judged <= times / 4 && more < 3; more++) {
            kill(
                    dir.resolve("more-" + more),
                    times,
                    (group, _) -> inTheMiddleOfAcknowledgements(group));
        }
        assertTrue(judged > times / 4, judged + " of " + times / 2);
    }

    private String inTheMiddleOfWrites(MemberJvms group) throws IOException {
        String victim = random.nextInt(3) == 0 ? group.leader() : anyOf(group);
        MemberJvm through = group.without(victim).get(random.nextInt(2));
        try (Traffic _ = new Traffic(group, through)) {
            pauseMillis(random.nextInt(300));
            group.kill(victim);
            group.begin(victim).awaitReady();
        }
        return "writes";
    }

    /** Else an honest member would be taken for an old copy of itself. */
    private String inTheMiddleOfAcknowledgements(MemberJvms group) throws IOException {
        MemberJvm leader = group.get(group.leader());
        List<MemberJvm> followers = group.without(leader.id());
        int which = random.nextInt(2);
        String victim = followers.get(which).id();
        try (Traffic _ = new Traffic(group, followers.get(1 - which))) {
            pauseMillis(random.nextInt(300));
            group.kill(victim);
            judge(leader, victim, group.data(victim));
            group.begin(victim).awaitReady();
        }
        return "acknowledgements";
    }

    private void judge(MemberJvm leader, String victim, Path data) throws IOException {
        StoreCheck.Report disk = StoreCheck.examine(data, RaftStoreConfig.COMMON_CLUSTER);
        String word = leader.ask("acknowledged " + victim + " " + disk.held().term());
        LOG.info("{} has {}, its leader has heard {}", victim, disk.held(), word);
        assertEquals(null, disk.damage());
        Optional<Acknowledged> heard = parse(word).filter(told -> told.index() >= 0);
        assertFalse(heard.filter(disk.held()::hasLost).isPresent(), disk.held() + " of " + word);
        judged += heard.isPresent() ? 1 : 0;
    }

    private static Optional<Acknowledged> parse(String word) {
        Matcher told = WORD.matcher(word);
        return told.matches()
                ? Optional.of(
                        new Acknowledged(
                                Long.parseLong(told.group(1)),
                                Long.parseLong(told.group(2)),
                                Long.parseLong(told.group(3))))
                : Optional.empty();
    }

    private String anyOf(MemberJvms group) {
        return group.without("").get(random.nextInt(3)).id();
    }
}
