package io.miroir.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.miroir.store.index.IndexEffect;
import io.miroir.store.index.IndexRow;
import io.miroir.store.index.Indexes;
import io.miroir.store.lane.Intend;
import io.miroir.store.lane.Lanes.Affecting;
import io.miroir.store.nodesettings.NodeSettingsVersionRow;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where an index's nodes stand with its settings (protocol, rule 7), of every backend alike. */
public interface StandingContract {
    ReadLevel READ = ReadLevel.LINEARIZABLE;

    TaskStore store();

    /** An index on three nodes; answers its incarnation. */
    private long create(String uid, long epoch) {
        Intend intend = Writes.intend(uid, epoch, null);
        var intended = Writes.intended(store(), intend);
        long incarnation = intended.incarnation();
        store().lanes()
                .bind(
                        Writes.bind(
                                uid,
                                epoch,
                                intended.position(),
                                Map.of(),
                                List.of(Writes.created(uid, incarnation, "n-0", "n-1", "n-2"))))
                .orThrow();
        return incarnation;
    }

    private Affecting affect(String uid, long epoch, IndexEffect... effects) {
        return store().lanes().affect(uid, epoch, List.of(effects)).orThrow();
    }

    private IndexRow.Standing standing(String uid) {
        return store().indexes().get(READ, uid).orElseThrow().standing();
    }

    private Map<String, Long> verified(String uid) {
        return store().nodeSettings().of(READ, uid).stream()
                .collect(
                        Collectors.toMap(
                                NodeSettingsVersionRow::nodeId, NodeSettingsVersionRow::version));
    }

    private static IndexEffect.NodesStand stand(
            long incarnation, List<String> verified, List<String> unsettled, long version) {
        return new IndexEffect.NodesStand(incarnation, verified, unsettled, version);
    }

    @Test
    default void aNodeAdvancesOnlyWhenItWasReadBack() {
        long epoch = Writes.claim(store(), "stand", "pod-a");
        long index = create("stand", epoch);
        assertEquals(IndexRow.Standing.SETTLED, standing("stand"));
        affect("stand", epoch, stand(index, List.of(), List.of("n-0"), 0));
        assertEquals(List.of("n-0"), standing("stand").unsettled());
        assertEquals(Map.of(), verified("stand"));

        // One command: what is in force, who has it, and who must be changed yet.
        affect(
                "stand",
                epoch,
                new IndexEffect.SettingsCommitted(
                        index, "{}", List.of("n-0"), List.of("n-1", "n-2")));
        assertEquals(List.of("n-1", "n-2"), standing("stand").unsettled());
        assertEquals(Map.of("n-0", 1L), verified("stand"));
        affect("stand", epoch, stand(index, List.of("n-2"), List.of(), 0));
        assertEquals(List.of("n-1"), standing("stand").unsettled());
        assertEquals(Map.of("n-0", 1L, "n-2", 1L), verified("stand"));
    }

    /** Until its settings are in force, or were taken back. */
    @Test
    default void theGroupThatGoesFirstIsRemembered() {
        long epoch = Writes.claim(store(), "leads", "pod-a");
        long index = create("leads", epoch);
        IndexEffect lead = new IndexEffect.NodesStand(index, List.of(), List.of("n-1"), 0, 1);
        affect("leads", epoch, lead);
        store().lanes().doubt("leads", index, "n-0", 0).orThrow();
        assertEquals(new IndexRow.Standing(List.of("n-0", "n-1"), 1, null), standing("leads"));
        affect("leads", epoch, stand(index, List.of("n-1"), List.of(), 0));
        assertEquals(new IndexRow.Standing(List.of("n-0"), null, null), standing("leads"));

        affect("leads", epoch, lead);
        affect("leads", epoch, committed(index));
        assertNull(standing("leads").leadingGroup());
    }

    @Test
    default void onlyTheLanesOwnerTellsWhatItFound() {
        long old = Writes.claim(store(), "stand-fence", "pod-a");
        long index = create("stand-fence", old);
        long current = Writes.claim(store(), "stand-fence", "pod-b");
        assertEquals(
                new Affecting.Fenced("pod-b", current),
                affect("stand-fence", old, stand(index, List.of(), List.of("n-0"), 0)));
        assertEquals(List.of(), standing("stand-fence").unsettled());
    }

    /** Whoever read a node may doubt it; what it read may be older than a commit. */
    @Test
    default void aDoubtCountsWhileTheVersionThatItSpeaksOfIsInForce() {
        long epoch = Writes.claim(store(), "doubt", "pod-a");
        long index = create("doubt", epoch);
        affect("doubt", epoch, committed(index));
        affect("doubt", epoch, committed(index));
        assertInstanceOf(
                Affecting.Affected.class,
                store().lanes().doubt("doubt", index, "n-1", 1).orThrow());
        assertEquals(List.of(), standing("doubt").unsettled());
        store().lanes().doubt("doubt", index, "n-1", 2).orThrow();
        assertEquals(List.of("n-1"), standing("doubt").unsettled());
    }

    /** Fleets change for years; a node that left is told of by nobody. */
    @Test
    default void nodesThatLeftAreForgottenWhenThereIsNoRoom() {
        long epoch = Writes.claim(store(), "crowd", "pod-a");
        long index = create("crowd", epoch);
        List<String> left =
                IntStream.range(1, Indexes.UNSETTLED_MAX).mapToObj(i -> "gone-" + i).toList();
        affect("crowd", epoch, stand(index, List.of(), left, 0));
        store().lanes().doubt("crowd", index, "n-1", 0).orThrow();
        assertEquals(Indexes.UNSETTLED_MAX, standing("crowd").unsettled().size());
        // A newcomer, which has no replica yet.
        store().lanes().doubt("crowd", index, "new", 0).orThrow();
        assertEquals(List.of("n-1", "new"), standing("crowd").unsettled());
    }

    @Test
    default void aFrozenIndexSaysWhyUntilItIsMended() {
        long epoch = Writes.claim(store(), "frozen", "pod-a");
        long index = create("frozen", epoch);
        affect("frozen", epoch, new IndexEffect.Frozen(index, "n-1 has other settings"));
        assertEquals("n-1 has other settings", standing("frozen").frozen());
        affect("frozen", epoch, new IndexEffect.Frozen(index, null));
        assertEquals(IndexRow.Standing.SETTLED, standing("frozen"));
    }

    private static IndexEffect committed(long index) {
        return new IndexEffect.SettingsCommitted(index, "{}", List.of(), List.of());
    }
}
