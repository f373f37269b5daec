package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.core.plan.WritePlan;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import io.miroir.fanout.spool.Spooled;
import io.miroir.fanout.spool.Spooler;
import io.miroir.store.task.TaskType;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a request that two nodes took is sent in parts, and to whom (protocol, rule 6). */
class MergedTest {
    private static final Topology TOPOLOGY =
            new Topology(1, 1, List.of(List.of("a"), List.of("b")));
    private static final NodeResult FAILED = NodeResult.failed("a fault");
    private static final NodeResult DONE = new NodeResult.Succeeded(Json.object());
    private static final Set<String> NOBODY = Set.of();
    private static final int BYTES = 100;

    @TempDir Path directory;

    private final AtomicLong heldBytes = new AtomicLong();
    private final List<Set<String>> sentTo = new ArrayList<>();
    private boolean isHeld;
    private Runnable sending = () -> {};
    private Runnable confirming = () -> {};
    private Spooler spooler;
    private Merged merged;

    @BeforeEach
    void open() throws Exception {
        spooler = new Spooler(directory, 1 << 20, 1 << 20);
        List<Member> members = List.of(member(1), member(2));
        Map<Place, Map<String, Sent>> sent = new HashMap<>();
        for (Member member : members) {
            sent.put(member.place(), Map.of("a", new Sent.Accepted(7), "b", new Sent.Accepted(8)));
        }
        merged =
                Merged.of(new Shipment(members), sent, new RecordingSender(), heldBytes)
                        .orElseThrow();
        members.forEach(member -> member.item().close());
    }

    private Member member(long position) throws Exception {
        Spooled body = spooler.receive(new ByteArrayInputStream(new byte[BYTES])).body();
        ShardSet all = ShardSet.all(1);
        Documents documents =
                new Documents(
                        "POST",
                        "/documents",
                        Map.of("a", body),
                        1,
                        OptionalLong.of(1),
                        Duration.ofSeconds(1));
        Item item =
                new Item(
                        TaskType.DOCUMENT_ADDITION_OR_UPDATE,
                        Details.of(Json.object()),
                        new Scope(
                                TOPOLOGY,
                                1,
                                all,
                                new WritePlan(Map.of("a", all, "b", all), Map.of())),
                        documents,
                        Item.Effects.none(),
                        List.of(body));
        Waiting write =
                new Waiting(
                        new WriteRequest(Operation.DOCUMENTS_REPLACE, "i", Map.of()),
                        spooler.receive(new ByteArrayInputStream(new byte[0])),
                        () -> true);
        return new Member(write, item, new Place("i", 1, position, 1));
    }

    private final class RecordingSender implements Merged.Sender {
        @Override
        public Optional<Map<String, Map<Place, Sent>>> sendAgain(
                Map<String, List<Merged.Part>> parts) {
            sending.run();
            if (isHeld) {
                return Optional.empty();
            }
            sentTo.add(parts.keySet());
            Map<String, Map<Place, Sent>> sent = new HashMap<>();
            parts.forEach(
                    (node, all) -> {
                        Map<Place, Sent> here = new HashMap<>();
                        all.forEach(part -> here.put(part.place(), new Sent.Accepted(9)));
                        sent.put(node, here);
                    });
            return Optional.of(sent);
        }

        @Override
        public void confirm(List<Merged.Part> parts, Map<String, Map<Place, Sent>> sent) {
            confirming.run();
        }
    }

    @Test
    void allNodesThatFailedItAreSentThePartsOnce() throws Exception {
        merged.told("a", FAILED);
        assertEquals(Optional.empty(), merged.again("a", NOBODY), "b may apply it yet");
        merged.told("b", FAILED);
        assertEquals(2, merged.again("a", NOBODY).orElseThrow().size());
        assertEquals(2, merged.again("b", NOBODY).orElseThrow().size());
        assertEquals(List.of(Set.of("a", "b")), sentTo);
    }

    @Test
    void whoHasAppliedTheWholeIsSentNothing() throws Exception {
        merged.told("b", DONE);
        merged.told("a", FAILED);
        assertEquals(2, merged.again("a", NOBODY).orElseThrow().size());
        assertEquals(List.of(Set.of("a")), sentTo);
    }

    @Test
    void whoIsGivenUpIsNotWaitedFor() throws Exception {
        merged.told("a", FAILED);
        assertEquals(2, merged.again("a", Set.of("b")).orElseThrow().size());
        // It comes back, and has failed the whole: too late to be sent anything.
        merged.told("b", FAILED);
        assertEquals(Optional.of(Map.of()), merged.again("b", NOBODY));
        assertEquals(List.of(Set.of("a")), sentTo);
    }

    @Test
    void whatHasNotHadTheLanesTurnIsAskedForAgain() throws Exception {
        merged.told("a", FAILED);
        merged.told("b", FAILED);
        isHeld = true;
        assertEquals(Optional.empty(), merged.again("a", NOBODY));
        assertEquals(Optional.empty(), merged.again("b", NOBODY));
        isHeld = false;
        assertEquals(2, merged.again("a", NOBODY).orElseThrow().size());
        assertEquals(2, merged.again("b", NOBODY).orElseThrow().size());
        assertEquals(List.of(Set.of("a", "b")), sentTo);
    }

    /**
     * Whoever binds the other parts has the turn in which these are sent: the two would wait for
     * each other.
     */
    @Test
    void nobodyWaitsForPartsThatAreBeingSent() throws Exception {
        merged.told("a", FAILED);
        merged.told("b", FAILED);
        sending =
                () -> {
                    CompletableFuture<Void> binding =
                            CompletableFuture.runAsync(
                                    () -> {
                                        merged.join();
                                        merged.told("a", FAILED);
                                        merged.leave();
                                    });
                    binding.orTimeout(LaneFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
                };
        assertEquals(2, merged.again("a", NOBODY).orElseThrow().size());
    }

    @Test
    void itIsAskedOnceMoreWhetherAnybodyElseDecided() throws Exception {
        merged.told("a", FAILED);
        merged.told("b", FAILED);
        confirming =
                () -> {
                    throw new IllegalStateException("the store is away");
                };
        assertThrows(IllegalStateException.class, () -> merged.again("a", NOBODY));
        List<String> confirmed = new ArrayList<>();
        confirming = () -> confirmed.add("yes");
        assertEquals(2, merged.again("a", NOBODY).orElseThrow().size());
        assertEquals(2, merged.again("b", NOBODY).orElseThrow().size());
        assertEquals(1, sentTo.size());
        assertEquals(1, confirmed.size());
    }

    @Test
    void whatIsLetGoIsNotSentAndTakesNoRoom() throws Exception {
        assertEquals(2L * BYTES, heldBytes.get());
        merged.join();
        merged.leave();
        assertEquals(2L * BYTES, heldBytes.get());
        merged.leave();
        assertEquals(0, heldBytes.get());
        merged.told("a", FAILED);
        merged.told("b", FAILED);
        assertEquals(Optional.empty(), merged.again("a", NOBODY));
        assertTrue(sentTo.isEmpty());
    }

    @Test
    void whatAThreadSendsIsHeldUntilItIsSent() throws Exception {
        merged.told("a", FAILED);
        merged.told("b", FAILED);
        List<Long> held = new ArrayList<>();
        sending =
                () -> {
                    merged.leave();
                    held.add(heldBytes.get());
                };
        assertEquals(2, merged.again("a", NOBODY).orElseThrow().size());
        assertEquals(List.of(2L * BYTES), held);
        assertEquals(0, heldBytes.get());
    }
}
