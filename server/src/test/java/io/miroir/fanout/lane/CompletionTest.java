package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.core.topology.ShardSet;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How tasks end (protocol, rule 5). Two groups of one node hold all four shards. */
class CompletionTest {
    private static final Map<String, ShardSet> REPLICAS =
            Map.of("a", ShardSet.all(4), "b", ShardSet.all(4));
    private static final Set<String> NONE = Set.of();

    private static Tracked task(TaskType type, Details details) {
        Place place = new Place("movies", 3, 7, 5);
        return new Tracked(9, place, type, details, Map.of("a", 1L, "b", 2L), place.metadata());
    }

    private static Details received(int count) {
        var visible = Json.object();
        visible.put("receivedDocuments", count);
        visible.putNull("indexedDocuments");
        return Details.of(visible);
    }

    private static NodeResult done(String json) {
        return new NodeResult.Succeeded(Json.parseObject(json));
    }

    private static NodeResult failed() {
        return new NodeResult.Failed(
                Json.parseObject("{\"code\":\"x\",\"message\":\"Index `m5`: no.\"}"));
    }

    private static final Set<String> ALL = Set.of("a", "b");

    /** Of replicas that are all in sync still. */
    private static Optional<Completion> end(
            Tracked task, Map<String, ShardSet> replicas, Completion.Evidence evidence) {
        return end(task, replicas, replicas, evidence);
    }

    private static Optional<Completion> end(
            Tracked task,
            Map<String, ShardSet> sent,
            Map<String, ShardSet> inSync,
            Completion.Evidence evidence) {
        return Completion.of(task, new Tracked.Held(ShardSet.all(4), sent, inSync), evidence);
    }

    @Test
    void itIsOpenUntilAllReplicasAreDone() {
        Tracked task = task(TaskType.DOCUMENT_ADDITION_OR_UPDATE, received(2));
        var one = new Completion.Evidence(Map.of("a", done("{}")), NONE, NONE, ALL);
        assertTrue(end(task, REPLICAS, one).isEmpty());
        var givenUp = new Completion.Evidence(Map.of("a", done("{}")), NONE, Set.of("b"), ALL);
        Completion end = end(task, REPLICAS, givenUp).orElseThrow();
        assertEquals(TaskStatus.SUCCEEDED, end.status());
        assertEquals(Map.of("b", ShardSet.all(4)), end.out());
    }

    @Test
    void theLastReplicaIsWaitedForHoweverLongItTakes() {
        Tracked task = task(TaskType.DOCUMENT_ADDITION_OR_UPDATE, received(2));
        var nobody = new Completion.Evidence(Map.of(), NONE, Set.of("a", "b"), ALL);
        assertTrue(end(task, REPLICAS, nobody).isEmpty());
    }

    /** Shows: what only nodes took that are given up is not told as done (protocol, rule 18). */
    @Test
    void whatOnlyNodesTookThatAreOutIsIndeterminate() {
        Tracked task = task(TaskType.DOCUMENT_ADDITION_OR_UPDATE, received(2));
        Map<String, ShardSet> out = Map.of("a", ShardSet.none(), "b", ShardSet.none());
        var nobody = new Completion.Evidence(Map.of(), NONE, Set.of("a", "b"), ALL);
        Completion end = end(task, REPLICAS, out, nobody).orElseThrow();
        assertEquals(TaskStatus.FAILED, end.status());
        assertEquals(
                "miroir_indeterminate",
                Objects.requireNonNull(end.error()).path("code").asString());
        // One that applied it before it went out has told.
        var told = new Completion.Evidence(Map.of("a", done("{}")), NONE, Set.of("b"), ALL);
        assertEquals(TaskStatus.SUCCEEDED, end(task, REPLICAS, out, told).orElseThrow().status());
    }

    /** One shard's part is given up with the node, the other one's is done: that is no success. */
    @Test
    void aPartThatOnlyANodeTookThatIsOutIsIndeterminate() {
        Tracked task = task(TaskType.DOCUMENT_ADDITION_OR_UPDATE, received(2));
        Map<String, ShardSet> sent = Map.of("a", ShardSet.of(0, 1), "b", ShardSet.of(2, 3));
        Map<String, ShardSet> left = Map.of("a", ShardSet.of(1), "b", ShardSet.of(2, 3));
        for (NodeResult one : List.of(new NodeResult.Lost(), done("{}"))) {
            var told = new Completion.Evidence(Map.of("a", one, "b", done("{}")), NONE, NONE, ALL);
            Completion end = end(task, sent, left, told).orElseThrow();
            boolean done = one instanceof NodeResult.Succeeded;
            assertEquals(done ? TaskStatus.SUCCEEDED : TaskStatus.FAILED, end.status());
        }
        Map<String, ShardSet> out = Map.of("a", ShardSet.none(), "b", ShardSet.of(2, 3));
        var silent = new Completion.Evidence(Map.of("b", done("{}")), NONE, Set.of("a"), ALL);
        Completion end = end(task, sent, out, silent).orElseThrow();
        assertEquals(TaskStatus.FAILED, end.status());
        assertEquals(
                "miroir_indeterminate",
                Objects.requireNonNull(end.error()).path("code").asString());
        assertEquals("{\"receivedDocuments\":2,\"indexedDocuments\":0}", end.visible().toString());
    }

    @Test
    void countsAreThoseOfOneCopy() {
        Tracked task = task(TaskType.DOCUMENT_ADDITION_OR_UPDATE, received(3));
        var all =
                new Completion.Evidence(
                        Map.of(
                                "a", done("{\"indexedDocuments\":2}"),
                                "b", done("{\"indexedDocuments\":2}")),
                        NONE,
                        NONE,
                        ALL);
        Completion end = end(task, REPLICAS, all).orElseThrow();
        assertEquals("{\"receivedDocuments\":3,\"indexedDocuments\":2}", end.visible().toString());
        assertEquals(List.of(new IndexEffect.Touched(5)), end.effects());
    }

    @Test
    void aReplicaThatFailedAloneGoesOutAndTheTaskSucceeds() {
        Tracked task = task(TaskType.DOCUMENT_ADDITION_OR_UPDATE, received(1));
        var split =
                new Completion.Evidence(Map.of("a", done("{}"), "b", failed()), NONE, NONE, ALL);
        Completion end = end(task, REPLICAS, split).orElseThrow();
        assertEquals(TaskStatus.SUCCEEDED, end.status());
        assertEquals(Map.of("b", ShardSet.all(4)), end.out());
        // One command: nobody hears of the end while the replica can still be read.
        assertEquals(
                List.of(
                        new IndexEffect.ReplicasOut(5, "b", List.of(0, 1, 2, 3)),
                        new IndexEffect.Touched(5)),
                end.allEffects(5));
    }

    @Test
    void whatFailsOnAllFailsInTheClientsWordsAndNobodyGoesOut() {
        Tracked task = task(TaskType.DOCUMENT_ADDITION_OR_UPDATE, received(1).choosing("id"));
        var all = new Completion.Evidence(Map.of("a", failed(), "b", failed()), NONE, NONE, ALL);
        Completion end = end(task, REPLICAS, all).orElseThrow();
        assertEquals(TaskStatus.FAILED, end.status());
        assertEquals(
                Json.parseObject("{\"code\":\"x\",\"message\":\"Index `movies`: no.\"}"),
                end.error());
        assertEquals(Map.of(), end.out());
        // Protocol, rule 8: the key that these documents chose is undone.
        assertEquals(List.of(new IndexEffect.PrimaryKeySet(5, null)), end.effects());
        assertEquals("{\"receivedDocuments\":1,\"indexedDocuments\":0}", end.visible().toString());
    }

    /** With one copy of each shard nothing is undone: what the other node applied stays. */
    @Test
    void whatFailsOnOneOfTwoNodesWithOneCopyFailsTheWholeTask() {
        Tracked task = task(TaskType.DOCUMENT_ADDITION_OR_UPDATE, received(2));
        Map<String, ShardSet> single = Map.of("a", ShardSet.of(0, 1), "b", ShardSet.of(2, 3));
        var half =
                new Completion.Evidence(
                        Map.of("a", done("{\"indexedDocuments\":1}"), "b", failed()),
                        NONE,
                        NONE,
                        ALL);
        Completion end = end(task, single, half).orElseThrow();
        assertEquals(TaskStatus.FAILED, end.status());
        assertEquals("{\"receivedDocuments\":2,\"indexedDocuments\":0}", end.visible().toString());
        assertEquals(Map.of(), end.out());
    }

    /** Protocol, rule 8: one node has documents by the key that they chose, so it stays. */
    @Test
    void aKeyStaysThatOneOfTwoNodesWithOneCopyHas() {
        Tracked task = task(TaskType.DOCUMENT_ADDITION_OR_UPDATE, received(2).choosing("id"));
        Map<String, ShardSet> single = Map.of("a", ShardSet.of(0, 1), "b", ShardSet.of(2, 3));
        Map<String, NodeResult> half = Map.of("a", done("{}"), "b", failed());
        var told = new Completion.Evidence(half, NONE, NONE, ALL);
        Completion end = end(task, single, told).orElseThrow();
        assertEquals(TaskStatus.FAILED, end.status());
        assertEquals(List.of(), end.effects());
        // It is out meanwhile: what is read has nothing of it.
        Map<String, ShardSet> left = Map.of("a", ShardSet.none(), "b", ShardSet.of(2, 3));
        end = end(task, single, left, told).orElseThrow();
        assertEquals(List.of(new IndexEffect.PrimaryKeySet(5, null)), end.effects());
    }

    @Test
    void whatEveryNodeDroppedIsCanceledAndNobodyGoesOut() {
        Tracked task = task(TaskType.DOCUMENT_ADDITION_OR_UPDATE, received(1));
        NodeResult dropped = new NodeResult.Canceled();
        var all = new Completion.Evidence(Map.of("a", dropped, "b", dropped), NONE, NONE, ALL);
        Completion end = end(task, REPLICAS, all).orElseThrow();
        assertEquals(TaskStatus.CANCELED, end.status());
        assertNull(end.error());
        assertEquals(Map.of(), end.out());
        assertEquals(List.of(), end.effects());
    }

    /** ADR 0017: the one that lost it is not read any more, the others dropped it. */
    @Test
    void whatOneNodeDroppedAndAnotherLostIsCanceled() {
        Tracked task = task(TaskType.DOCUMENT_ADDITION_OR_UPDATE, received(1));
        Map<String, NodeResult> told =
                Map.of("a", new NodeResult.Canceled(), "b", new NodeResult.Lost());
        var both = new Completion.Evidence(told, NONE, NONE, ALL);
        Completion end = end(task, REPLICAS, both).orElseThrow();
        assertEquals(TaskStatus.CANCELED, end.status());
        assertEquals(Map.of("b", ShardSet.all(4)), end.out());
        // With one copy of each shard nobody knows what became of the other half.
        Map<String, ShardSet> single = Map.of("a", ShardSet.of(0, 1), "b", ShardSet.of(2, 3));
        end = end(task, single, both).orElseThrow();
        assertEquals(TaskStatus.FAILED, end.status());
        assertTrue(String.valueOf(end.error()).contains("can tell what became of it"));
    }

    /** With one copy of each shard, as above: it is no success, and no cancelation. */
    @Test
    void whatOneOfTwoNodesWithOneCopyDroppedFails() {
        Tracked task = task(TaskType.DOCUMENT_ADDITION_OR_UPDATE, received(2));
        Map<String, ShardSet> single = Map.of("a", ShardSet.of(0, 1), "b", ShardSet.of(2, 3));
        var half =
                new Completion.Evidence(
                        Map.of("a", done("{}"), "b", new NodeResult.Canceled()), NONE, NONE, ALL);
        Completion end = end(task, single, half).orElseThrow();
        assertEquals(TaskStatus.FAILED, end.status());
        assertTrue(String.valueOf(end.error()).contains("canceled when some nodes had applied"));
    }

    /** The document that refuses the edit is on a and c; b and d found nothing to edit. */
    @Test
    void anEditThatANodeRefusesPutsNobodyOutWhoChangedNothing() {
        Tracked task = task(TaskType.DOCUMENT_EDITION, Details.of(Json.object()));
        Map<String, ShardSet> crossed =
                Map.of(
                        "a", ShardSet.of(0, 1),
                        "b", ShardSet.of(2, 3),
                        "c", ShardSet.of(0, 2),
                        "d", ShardSet.of(1, 3));
        NodeResult nothing = done("{\"editedDocuments\":0,\"deletedDocuments\":0}");
        var unchanged =
                new Completion.Evidence(
                        Map.of("a", failed(), "b", nothing, "c", failed(), "d", nothing),
                        NONE,
                        NONE,
                        ALL);
        Completion end = end(task, crossed, unchanged).orElseThrow();
        assertEquals(TaskStatus.FAILED, end.status());
        assertEquals(Map.of(), end.out());
        NodeResult one = done("{\"editedDocuments\":1,\"deletedDocuments\":1}");
        var edited =
                new Completion.Evidence(
                        Map.of("a", failed(), "b", one, "c", failed(), "d", nothing),
                        NONE,
                        NONE,
                        ALL);
        end = end(task, crossed, edited).orElseThrow();
        assertEquals(Map.of("c", ShardSet.of(2)), end.out());
    }

    /** Protocol, rule 7: settings count once the nodes were seen to have them. */
    @Test
    void anIndexIsThereWithTheSettingsThatItsNodesWereSeenToHave() {
        Details details =
                Details.of(Json.object()).creating().committing(Json.parseObject("{\"a\":1}"));
        Tracked task = task(TaskType.INDEX_CREATION, details);
        Map<String, NodeResult> both = Map.of("a", done("{}"), "b", done("{}"));
        Completion end =
                end(task, REPLICAS, new Completion.Evidence(both, Set.of("a", "b"), NONE, ALL))
                        .orElseThrow();
        assertEquals(
                List.of(
                        new IndexEffect.SettingsCommitted(
                                5, "{\"a\":1}", List.of("a", "b"), List.of())),
                end.effects());
    }

    /** It was down, and may be read one day: not before it has the settings. */
    @Test
    void aNodeThatMissedTheCreationIsUnsettled() {
        Details details =
                Details.of(Json.object()).creating().committing(Json.parseObject("{\"a\":1}"));
        Tracked task = task(TaskType.INDEX_CREATION, details);
        Map<String, NodeResult> both = Map.of("a", done("{}"), "b", done("{}"));
        var evidence = new Completion.Evidence(both, Set.of("a", "b"), NONE, Set.of("a", "b", "c"));
        Completion end = end(task, REPLICAS, evidence).orElseThrow();
        assertEquals(
                List.of(
                        new IndexEffect.SettingsCommitted(
                                5, "{\"a\":1}", List.of("a", "b"), List.of("c"))),
                end.effects());
    }

    @Test
    void anIndexWhoseSettingsNobodyHasIsNoIndex() {
        Details details =
                Details.of(Json.object()).creating().committing(Json.parseObject("{\"a\":1}"));
        Tracked task = task(TaskType.INDEX_CREATION, details);
        var none = new Completion.Evidence(Map.of("a", failed(), "b", failed()), NONE, NONE, ALL);
        Completion end = end(task, REPLICAS, none).orElseThrow();
        assertEquals(List.of(new IndexEffect.Deleted(5)), end.effects());
    }
}
