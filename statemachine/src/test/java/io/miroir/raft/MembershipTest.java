package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.Role;
import io.miroir.store.TaskStore;
import io.miroir.store.Writes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods that join, get a vote, are replaced and leave, while others write (rule 24). */
class MembershipTest {
    private static final RaftStoreConfig.Tuning QUICK =
            new RaftStoreConfig.Tuning(300, 600, 10_000, 8 << 20);

    @Test
    void oneVoterBecomesThreeAndFive(@TempDir Path dir) throws Exception {
        // Each newcomer follows first and gets its vote when it has all; nothing written is lost.
        try (Group group = new Group(dir, QUICK, 60_000, Group.freePeers("pod-a"))) {
            TaskStore first = group.start("pod-a");
            group.awaitLeader();
            long epoch = Writes.claim(first, "movies", "pod-x");
            List<Long> uids = new ArrayList<>();
            for (String id : List.of("pod-b", "pod-c", "pod-d", "pod-e")) {
                uids.add(Writes.write(first, "movies", epoch));
                Member newcomer = group.startNewcomer(id);
                group.changed(new MemberChange.Join(newcomer));
                assertEquals(Role.LISTENER, group.pod(id).status().role());
                group.changed(new MemberChange.Promote(id));
                Group.await("a vote for " + id, () -> group.pod(id).status().voters().contains(id));
            }
            Group.await("five votes", () -> first.status().voters().size() == 5);
            group.awaitEqual();

            // The two pods that were first are gone: three of five decide, among themselves.
            group.stop("pod-a");
            group.stop("pod-b");
            TaskStore later = group.pod(group.awaitLeader());
            uids.add(Writes.write(later, "movies", epoch));
            group.awaitEqual();
            for (int i = 0; i < uids.size(); i++) {
                assertEquals(i, uids.get(i));
            }
        }
    }

    @Test
    void aDeadMemberIsReplacedAndANewcomerSurvivesARestart(@TempDir Path dir) throws Exception {
        try (Group group = new Group(dir, QUICK, 60_000)) {
            group.startAll();
            String dead = group.follower();
            group.stop(dead);
            TaskStore leader = group.pod(group.awaitLeader());
            long epoch = Writes.claim(leader, "movies", "pod-x");
            Writes.write(leader, "movies", epoch);
            Member newcomer = group.startNewcomer("pod-d");
            group.changed(new MemberChange.Join(newcomer));
            Group.await(
                    "the dead one is known to be",
                    () -> assertLeader(group).membership().alive().size() == 3);
            MemberOutcome.Changed changed = group.changed(new MemberChange.Replace(dead, "pod-d"));
            assertTrue(changed.members().stream().noneMatch(m -> m.id().equals(dead)));
            assertEquals(
                    List.of("pod-d:9002"),
                    changed.members().stream()
                            .map(Member::peerAddress)
                            .filter(address -> !address.isEmpty())
                            .toList());

            // From its own disk it is a voter still, whatever its configuration says.
            RaftStoreConfig again = ((RaftTaskStore) group.pod("pod-d")).config();
            group.stop("pod-d");
            group.start(again);
            // Others may elect it while they are slow.
            List<Role> voting = List.of(Role.FOLLOWER, Role.LEADER);
            Group.await("a voter", () -> voting.contains(group.pod("pod-d").status().role()));
            Writes.write(group.pod("pod-d"), "movies", epoch);
            group.awaitEqual();
        }
    }

    @Test
    void aChangeThatWouldLeaveNoMajorityIsRefused(@TempDir Path dir) throws Exception {
        try (Group group = new Group(dir, QUICK, 60_000)) {
            group.startAll();
            // Elections may come in between: each time the one that leads is asked, or not.
            Group.await(
                    "a refusal to the leader",
                    () -> {
                        RaftTaskStore leader = assertLeader(group);
                        String self = leader.status().podId();
                        return refusal(leader, new MemberChange.Leave(self)).contains("leads");
                    });
            String dead = group.follower();
            group.stop(dead);
            Group.await(
                    "a refusal for want of votes",
                    () -> {
                        RaftTaskStore leader = assertLeader(group);
                        String alive = group.follower();
                        return leader.membership().alive().size() == 2
                                && refusal(leader, new MemberChange.Leave(alive))
                                        .contains("only 1 answer");
                    });
            Group.await(
                    "a follower that says who leads",
                    () ->
                            ((RaftTaskStore) group.pod(group.follower()))
                                            .membership()
                                            .change(new MemberChange.Leave(group.follower()))
                                    instanceof MemberOutcome.NotLeader);
            RaftTaskStore leader = assertLeader(group);
            assertEquals(3, leader.membership().members().size());
        }
    }

    @Test
    void allMembersMoveToOtherAddressesAtOnce(@TempDir Path dir) throws Exception {
        // A pod is its id and its data: what the configuration says of addresses counts, not what
        // the log remembers.
        long epoch;
        try (Group group = new Group(dir, QUICK, 60_000)) {
            group.startAll();
            epoch = Writes.claim(group.pod("pod-a"), "movies", "pod-x");
            Writes.write(group.pod("pod-a"), "movies", epoch);
            group.awaitEqual();
        }
        try (Group moved = new Group(dir, QUICK, 60_000)) {
            moved.startAll();
            assertEquals(1, Writes.write(moved.pod(moved.follower()), "movies", epoch));
            moved.awaitEqual();
        }
    }

    private static String refusal(RaftTaskStore leader, MemberChange change) {
        return leader.membership().change(change) instanceof MemberOutcome.Refused refused
                ? refused.why()
                : "";
    }

    private static RaftTaskStore assertLeader(Group group) {
        return (RaftTaskStore) group.pod(group.awaitLeader());
    }
}
