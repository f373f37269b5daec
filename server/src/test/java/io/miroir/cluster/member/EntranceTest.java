package io.miroir.cluster.member;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cluster.member.Entrance.Decision;
import io.miroir.cluster.member.Entrance.Situation;
import io.miroir.cluster.member.PodIdentity.Stage;
import io.miroir.cluster.peer.Greeted;
import io.miroir.cluster.peer.PodFacts;
import io.miroir.raft.Member;
import io.miroir.raft.link.Acknowledged;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a pod does at its start, by what it has and what it hears (rule 24). */
class EntranceTest {
    private static final UUID CLUSTER = new UUID(1, 1);
    private static final UUID OTHER = new UUID(2, 2);
    private static final UUID FRESH = new UUID(3, 3);
    private static final UUID DISK = new UUID(4, 4);
    private static final List<String> OTHERS = List.of("pod-b", "pod-c");
    private static final Greeted EMPTY = facts("pod-x", null, false, null, List.of());

    private static Greeted facts(
            String pod,
            @Nullable UUID cluster,
            boolean founded,
            @Nullable String leader,
            List<Member> members) {
        // Who leads has said that nothing is missing.
        return new Greeted.Welcome(
                new PodFacts(pod, cluster, 1, founded, leader, members, Map.of()),
                pod.equals(leader) ? Optional.of(new Acknowledged(1, -1, 0)) : Optional.empty());
    }

    private static Member self(String incarnation) {
        return new Member("pod-a", "a:1", "a:2", incarnation, true);
    }

    private static Decision decide(
            Optional<PodIdentity> identity, @Nullable String damage, Map<String, Greeted> heard) {
        return decide(identity, damage, heard, Set.of(), Duration.ZERO);
    }

    private static Decision decide(
            Optional<PodIdentity> identity,
            @Nullable String damage,
            Map<String, Greeted> heard,
            Set<String> late,
            Duration asking) {
        return Entrance.decide(
                new Situation("pod-a", identity, damage, OTHERS, heard, late, asking), FRESH);
    }

    private static Decision empty(Map<String, Greeted> heard) {
        return decide(Optional.empty(), null, heard);
    }

    private static Optional<PodIdentity> at(Stage stage) {
        return Optional.of(new PodIdentity("pod-a", CLUSTER, DISK, stage));
    }

    @Test
    void noClusterIsFormedBeforeAllHaveAnswered() {
        // The one that is silent may have the data of a living cluster.
        assertInstanceOf(Decision.Wait.class, empty(Map.of()));
        assertInstanceOf(Decision.Wait.class, empty(Map.of("pod-b", EMPTY)));
        assertEquals(new Decision.Found(FRESH), empty(Map.of("pod-b", EMPTY, "pod-c", EMPTY)));
    }

    @Test
    void oneNamesTheClusterAndTheOthersTakeThatName() {
        Map<String, Greeted> heard = Map.of("pod-a", EMPTY, "pod-c", EMPTY);
        Situation later =
                new Situation(
                        "pod-b",
                        Optional.empty(),
                        null,
                        List.of("pod-a", "pod-c"),
                        heard,
                        Set.of(),
                        Duration.ZERO);
        assertInstanceOf(Decision.Wait.class, Entrance.decide(later, FRESH));
        Greeted forming = facts("pod-b", CLUSTER, false, null, List.of());
        assertEquals(new Decision.Found(CLUSTER), empty(Map.of("pod-b", forming, "pod-c", EMPTY)));
    }

    @Test
    void anEmptyPodJoinsALivingClusterEvenIfOthersAreSilent() {
        Greeted living = facts("pod-b", CLUSTER, true, "pod-b", List.of(self("")));
        assertEquals(new Decision.Join(CLUSTER), empty(Map.of("pod-b", living)));
        Greeted strange = facts("pod-c", OTHER, true, "pod-c", List.of());
        assertInstanceOf(Decision.Refuse.class, empty(Map.of("pod-b", living, "pod-c", strange)));
    }

    @Test
    void aMemberOpensWhateverIsSilentUnlessTheLeaderHasStruckItOff() {
        assertEquals(new Decision.Open(CLUSTER), decide(at(Stage.MEMBER), null, Map.of()));
        Greeted leader = facts("pod-b", CLUSTER, true, "pod-b", List.of(self(DISK.toString())));
        assertEquals(
                new Decision.Open(CLUSTER),
                decide(at(Stage.MEMBER), null, Map.of("pod-b", leader)));
        Greeted without =
                facts(
                        "pod-b",
                        CLUSTER,
                        true,
                        "pod-b",
                        List.of(new Member("pod-b", "b:1", "b:2", true)));
        assertInstanceOf(
                Decision.Refuse.class, decide(at(Stage.MEMBER), null, Map.of("pod-b", without)));
    }

    @Test
    void aMemberOpensWhileOthersAreSlowOnlyWhenItHasWaitedForAWord() {
        // On a busy machine all may be: they would say that its disk is out of date.
        Set<String> late = Set.of("pod-c");
        Optional<PodIdentity> member = at(Stage.MEMBER);
        Duration nearly = Entrance.WORD_WAIT_MAX.minusMillis(1);
        assertInstanceOf(Decision.Wait.class, decide(member, null, Map.of(), late, nearly));
        Decision opens = new Decision.Open(CLUSTER);
        assertEquals(opens, decide(member, null, Map.of(), late, Entrance.WORD_WAIT_MAX));
        // All pods start at once, and one machine stays away.
        Greeted starting = facts("pod-b", CLUSTER, true, null, List.of());
        assertEquals(opens, decide(member, null, Map.of("pod-b", starting), late, Duration.ZERO));
    }

    @Test
    void aMemberOpensWhenTheLeaderHasSaidWhatItAcknowledgedOrHasHadItsTime() {
        // A follower names the leader, whose answer is not there; or it leads, as it thinks, and no
        // majority says so.
        List<Member> members = List.of(self(DISK.toString()));
        Greeted follower = facts("pod-b", CLUSTER, true, "pod-c", members);
        Greeted unsure =
                new Greeted.Welcome(
                        new PodFacts("pod-c", CLUSTER, 1, true, "pod-c", members, Map.of()),
                        Optional.empty());
        Optional<PodIdentity> member = at(Stage.MEMBER);
        Duration nearly = Entrance.LEADER_WAIT_MAX.minusMillis(1);
        Decision opens = new Decision.Open(CLUSTER);
        for (Map<String, Greeted> heard :
                List.of(
                        Map.of("pod-b", follower),
                        Map.of("pod-c", unsure),
                        Map.of("pod-b", follower, "pod-c", unsure))) {
            assertInstanceOf(Decision.Wait.class, decide(member, null, heard, Set.of(), nearly));
            assertEquals(opens, decide(member, null, heard, Set.of(), Entrance.LEADER_WAIT_MAX));
        }
        Greeted leader = facts("pod-c", CLUSTER, true, "pod-c", members);
        assertEquals(opens, decide(member, null, Map.of("pod-b", follower, "pod-c", leader)));
        // A leader of an earlier program never says it.
        Greeted earlier =
                new Greeted.Welcome(
                        new PodFacts("pod-c", CLUSTER, 1, true, "pod-c", members, Map.of()),
                        Optional.empty(),
                        false,
                        true);
        assertEquals(opens, decide(member, null, Map.of("pod-b", follower, "pod-c", earlier)));
        // Nobody else leads: this pod did before it was stopped.
        Greeted behind = facts("pod-b", CLUSTER, true, "pod-a", members);
        assertEquals(opens, decide(member, null, Map.of("pod-b", behind)));
    }

    @Test
    void aMemberThatNobodyFindsWhereItIsKnownToBeDoesNotOpen() {
        // The pod of which it is a copy may come back there any time.
        List<Member> members = List.of(self(DISK.toString()));
        Greeted blind =
                new Greeted.Welcome(
                        new PodFacts("pod-b", CLUSTER, 1, true, null, members, Map.of()),
                        Optional.empty(),
                        true,
                        false);
        Optional<PodIdentity> member = at(Stage.MEMBER);
        Map<String, Greeted> heard = Map.of("pod-b", blind);
        Duration nearly = Entrance.REACHED_WAIT_MAX.minusMillis(1);
        assertInstanceOf(Decision.Wait.class, decide(member, null, heard, Set.of(), nearly));
        Decision refused = decide(member, null, heard, Set.of(), Entrance.REACHED_WAIT_MAX);
        assertTrue(((Decision.Refuse) refused).why().contains("[pod-b]"), refused::toString);
        // Who is found by one is where it should be.
        Greeted other = facts("pod-c", CLUSTER, true, null, members);
        assertEquals(
                new Decision.Open(CLUSTER),
                decide(member, null, Map.of("pod-b", blind, "pod-c", other)));
        // A pod without data, or whose data does not count, votes for nobody yet.
        Greeted leads =
                new Greeted.Welcome(
                        new PodFacts("pod-b", CLUSTER, 1, true, "pod-b", members, Map.of()),
                        Optional.empty(),
                        true,
                        false);
        assertEquals(new Decision.Join(CLUSTER), empty(Map.of("pod-b", leads)));
    }

    @Test
    void anOlderDiskOfAPodThatJoinedAnewDoesNotVote() {
        List<Member> since = List.of(self(OTHER.toString()));
        Greeted leader = facts("pod-b", CLUSTER, true, "pod-b", since);
        assertInstanceOf(
                Decision.Refuse.class, decide(at(Stage.MEMBER), null, Map.of("pod-b", leader)));
        // Between leaders too: it waits for the word of the next.
        Greeted follower = facts("pod-b", CLUSTER, true, null, since);
        assertInstanceOf(
                Decision.Wait.class, decide(at(Stage.MEMBER), null, Map.of("pod-b", follower)));
    }

    @Test
    void damagedDataIsGivenUpOnlyWhenALeaderCanReplaceIt() {
        Greeted leader = facts("pod-b", CLUSTER, true, "pod-c", List.of(self("")));
        assertEquals(
                new Decision.Join(CLUSTER),
                decide(at(Stage.MEMBER), "a bit", Map.of("pod-b", leader)));
        Greeted leaderless = facts("pod-b", CLUSTER, true, null, List.of(self("")));
        assertInstanceOf(
                Decision.Wait.class,
                decide(at(Stage.MEMBER), "a bit", Map.of("pod-b", leaderless)));
        Greeted strange = facts("pod-b", OTHER, true, "pod-b", List.of(self("")));
        assertInstanceOf(
                Decision.Wait.class, decide(at(Stage.MEMBER), "a bit", Map.of("pod-b", strange)));
        Situation alone =
                new Situation(
                        "pod-a",
                        at(Stage.MEMBER),
                        "a bit",
                        List.of(),
                        Map.of(),
                        Set.of(),
                        Duration.ZERO);
        assertInstanceOf(Decision.Refuse.class, Entrance.decide(alone, FRESH));
    }

    @Test
    void aPodThatWasCutOffWhileJoiningJoinsAnew() {
        Greeted living = facts("pod-b", CLUSTER, true, "pod-b", List.of());
        assertEquals(
                new Decision.Join(CLUSTER),
                decide(at(Stage.JOINING), null, Map.of("pod-b", living)));
        assertInstanceOf(Decision.Wait.class, decide(at(Stage.JOINING), null, Map.of()));
    }

    @Test
    void aRefusalOfAnyPodAndAnotherPodsDirectoryEndTheStart() {
        Greeted no = new Greeted.Refused("another pod named pod-a runs already");
        Decision twin = decide(at(Stage.MEMBER), null, Map.of("pod-b", no));
        assertTrue(((Decision.Refuse) twin).why().contains("pod-b says"));
        PodIdentity others = new PodIdentity("pod-z", CLUSTER, DISK, Stage.MEMBER);
        assertInstanceOf(Decision.Refuse.class, decide(Optional.of(others), null, Map.of()));
    }
}
