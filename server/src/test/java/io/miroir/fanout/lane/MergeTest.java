package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.core.plan.WritePlan;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import io.miroir.fanout.spool.Spooler;
import io.miroir.store.task.TaskType;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What shares a turn, and what shares a request (protocol, rule 6). No nodes, no store. */
class MergeTest {
    private static final Topology TOPOLOGY = new Topology(1, 1, List.of(List.of("a")));

    @TempDir Path directory;

    private Spooler spooler;
    private LaneQueue queue;
    private long position;

    @BeforeEach
    void open() throws Exception {
        spooler = new Spooler(directory, 1 << 20, 1 << 20);
        queue = queue(new LaneSettings.Merging(4, 10, 100));
    }

    private static LaneQueue queue(LaneSettings.Merging merging) {
        Duration time = Duration.ofSeconds(1);
        return new LaneQueue(
                "i",
                new LaneSettings(time, time, time, time, time, 8, merging),
                LaneCounters.none());
    }

    private Waiting write(Operation operation, int bytes, String... parameters) throws Exception {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            all.put(parameters[i], parameters[i + 1]);
        }
        return new Waiting(
                new WriteRequest(operation, "i", all),
                spooler.receive(new ByteArrayInputStream(new byte[bytes])),
                () -> true);
    }

    private List<Integer> turns(Waiting... writes) {
        for (Waiting write : writes) {
            queue.add(write);
        }
        List<Integer> sizes = new ArrayList<>();
        for (List<Waiting> turn = queue.take(); !turn.isEmpty(); turn = queue.take()) {
            sizes.add(turn.size());
        }
        return sizes;
    }

    @Test
    void neighboursThatChangeDocumentsByIdShareATurn() throws Exception {
        assertEquals(
                List.of(4),
                turns(
                        write(Operation.DOCUMENTS_REPLACE, 1),
                        write(Operation.DOCUMENTS_UPDATE, 1),
                        write(Operation.DOCUMENT_DELETE, 0),
                        write(Operation.DOCUMENTS_DELETE, 1)));
    }

    @Test
    void everyOtherChangeHasATurnOfItsOwn() throws Exception {
        for (Operation operation : Operation.values()) {
            if (!operation.sharesTurn()) {
                assertEquals(
                        List.of(1, 1, 1),
                        turns(
                                write(Operation.DOCUMENTS_REPLACE, 1),
                                write(operation, 1),
                                write(Operation.DOCUMENTS_REPLACE, 1)),
                        operation::wireName);
            }
        }
    }

    @Test
    void aTurnHasOnlySoManyWritesAndBytes() throws Exception {
        Waiting small = write(Operation.DOCUMENTS_REPLACE, 1);
        assertEquals(List.of(4, 1), turns(small, small, small, small, small));
        Waiting half = write(Operation.DOCUMENTS_REPLACE, 50);
        assertEquals(List.of(2, 1), turns(half, half, half));
        // One that is larger than that goes alone.
        assertEquals(List.of(1, 1), turns(write(Operation.DOCUMENTS_REPLACE, 101), small));
    }

    @Test
    void aRetryWaitsForTheEndOfWhatItRepeats() throws Exception {
        String key = WriteRequest.IDEMPOTENCY_KEY;
        assertEquals(
                List.of(2, 1),
                turns(
                        write(Operation.DOCUMENTS_REPLACE, 1, key, "k"),
                        write(Operation.DOCUMENTS_REPLACE, 1, key, "other"),
                        write(Operation.DOCUMENTS_REPLACE, 1, key, "k")));
    }

    @Test
    void whatIsWithdrawnIsInNoTurn() throws Exception {
        Waiting write = write(Operation.DOCUMENTS_REPLACE, 1);
        assertTrue(queue.add(write));
        assertFalse(queue.add(write(Operation.DOCUMENTS_REPLACE, 1)), "somebody works already");
        assertTrue(queue.withdraw(write));
        assertEquals(1, queue.take().size());
        assertFalse(queue.withdraw(write));
        assertTrue(queue.workDone());
    }

    private Member member(Item.Steps steps) throws Exception {
        ShardSet shards = ShardSet.all(1);
        Scope scope = new Scope(TOPOLOGY, 1, shards, new WritePlan(Map.of("a", shards), Map.of()));
        Item item =
                new Item(
                        TaskType.DOCUMENT_ADDITION_OR_UPDATE,
                        Details.of(io.miroir.api.Json.object()),
                        scope,
                        steps,
                        Item.Effects.none(),
                        List.of());
        return new Member(
                write(Operation.DOCUMENTS_REPLACE, 1), item, new Place("i", 1, ++position, 1));
    }

    private Member documents(String method, String rest, int received) throws Exception {
        return member(
                new Documents(
                        method,
                        rest,
                        Map.of(),
                        received,
                        OptionalLong.of(received),
                        Duration.ofSeconds(1)));
    }

    private static List<Integer> sizes(Member... turn) {
        return Shipment.of(List.of(turn), 10).stream()
                .map(shipment -> shipment.members().size())
                .toList();
    }

    @Test
    void documentsOfOneKindShareARequest() throws Exception {
        assertEquals(
                List.of(3),
                sizes(
                        documents("POST", "/documents?primaryKey=id", 1),
                        documents("POST", "/documents?primaryKey=id", 2),
                        documents("POST", "/documents?primaryKey=id", 3)));
    }

    @Test
    void orderIsKeptWhereKindsChange() throws Exception {
        assertEquals(
                List.of(1, 2, 1, 1),
                sizes(
                        documents("POST", "/documents", 1),
                        documents("PUT", "/documents", 1),
                        documents("PUT", "/documents", 1),
                        documents("PUT", "/documents?skipCreation=true", 1),
                        documents("POST", "/documents", 1)));
    }

    @Test
    void deletionsGoOneByOneAndPartWhatIsAroundThem() throws Exception {
        assertEquals(
                List.of(1, 1, 1, 1),
                sizes(
                        documents("POST", "/documents", 1),
                        member(Item.Steps.none()),
                        member(Item.Steps.none()),
                        documents("POST", "/documents", 1)));
    }

    @Test
    void whatANodeMayRefuseGoesAlone() throws Exception {
        Member alone =
                member(
                        new Documents(
                                "POST",
                                "/documents",
                                Map.of(),
                                1,
                                OptionalLong.empty(),
                                Duration.ofSeconds(1)));
        Member other = documents("POST", "/documents", 1);
        assertEquals(List.of(1, 1, 1), sizes(other, alone, other));
        assertEquals(List.of(1, 1), sizes(alone, alone));
    }

    @Test
    void aRequestHasOnlySoManyDocuments() throws Exception {
        assertEquals(
                List.of(2, 1, 1),
                sizes(
                        documents("POST", "/documents", 5),
                        documents("POST", "/documents", 5),
                        documents("POST", "/documents", 1),
                        documents("POST", "/documents", 11)));
    }

    @Test
    void aMemberOfSeveralKeepsItsOwnCount() throws Exception {
        Member one = documents("POST", "/documents", 3);
        Shipment alone = Shipment.of(List.of(one), 10).getFirst();
        assertTrue(alone.members().getFirst().item().details().counts().isEmpty());
        Shipment both =
                Shipment.of(List.of(one, documents("POST", "/documents", 1)), 10).getFirst();
        assertEquals(3, both.members().getFirst().item().details().counts().getAsLong());
    }
}
