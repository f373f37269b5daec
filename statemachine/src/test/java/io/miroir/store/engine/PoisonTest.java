package io.miroir.store.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.miroir.proto.store.AddOverflow;
import io.miroir.proto.store.AffectIndex;
import io.miroir.proto.store.ApiKey;
import io.miroir.proto.store.Barrier;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.BatchOutcome;
import io.miroir.proto.store.Bind;
import io.miroir.proto.store.Canary;
import io.miroir.proto.store.ClaimLane;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.Counted;
import io.miroir.proto.store.DeleteRow;
import io.miroir.proto.store.Effect;
import io.miroir.proto.store.EnqueueJobs;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.proto.store.Intend;
import io.miroir.proto.store.KeyPart;
import io.miroir.proto.store.MakeApiKeys;
import io.miroir.proto.store.NewJob;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.PutRow;
import io.miroir.store.format.CommandFormats;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever a command holds, it is refused before it is logged, or all pods apply it alike. One that
 * an applier can't apply, or that makes a row that no reader understands, would end every pod, and
 * again at each replay.
 */
class PoisonTest {
    private static final CommandCheck CHECK =
            new CommandCheck(CommandFormats.OF_THIS_PROGRAM, () -> CommandFormats.FIRST);

    private static final int ENTRIES = 700;
    private static final int ARBITRARY = 40;

    @Test
    void anyCommandOfAnyKindIsRefusedBeforeTheLogOrAppliedByAllAlike(@TempDir Path dir)
            throws InvalidProtocolBufferException {
        for (long seed : seeds()) {
            Map<Command.KindCase, int[]> seen = new EnumMap<>(Command.KindCase.class);
            Random random = new Random(seed);
            ArbitraryCommands arbitrary = new ArbitraryCommands(random);
            RandomCommands meant = new RandomCommands(random);
            try (Entries one = new Entries(dir.resolve("one-" + seed));
                    Entries two = new Entries(dir.resolve("two-" + seed), 7)) {
                for (int entry = 0; entry < ENTRIES; entry++) {
                    Batch batch = logged(arbitrary, meant, seen);
                    BatchOutcome answer = applied(one, batch, entry, "seed " + seed);
                    arbitrary.observe(answer);
                    meant.observe(answer);
                    assertEquals(answer, applied(two, batch, entry, "seed " + seed));
                    if (entry == ENTRIES / 2) {
                        two.restart();
                    }
                }
                assertEquals(one.digests(), two.digests(), "seed " + seed);
            }
            assertEveryKindWasTried(seen);
        }
    }

    /** As it is read again from the log. */
    private static Batch logged(
            ArbitraryCommands arbitrary, RandomCommands meant, Map<Command.KindCase, int[]> seen)
            throws InvalidProtocolBufferException {
        Batch.Builder batch = Batch.newBuilder();
        meant.next().getCommandList().stream()
                .filter(command -> CHECK.refusal(command) == null)
                .forEach(batch::addCommand);
        for (int i = 0; i < ARBITRARY; i++) {
            Command command = arbitrary.next();
            boolean refused = CHECK.refusal(command) != null;
            seen.computeIfAbsent(command.getKindCase(), _ -> new int[2])[refused ? 1 : 0]++;
            if (!refused) {
                batch.addCommand(command);
            }
        }
        return Batch.parseFrom(batch.build().toByteString());
    }

    private static BatchOutcome applied(Entries pod, Batch batch, int entry, String context) {
        BatchOutcome answer;
        try {
            answer = pod.apply(entry * 50_000L, batch);
        } catch (RuntimeException e) {
            throw new AssertionError(context + ", entry " + entry + ": a pod would end", e);
        }
        for (int i = 0; i < answer.getOutcomeCount(); i++) {
            int command = i;
            assertFalse(
                    answer.getOutcome(i).hasRejected(),
                    () -> context + ": nobody can apply " + batch.getCommand(command));
        }
        return answer;
    }

    private static void assertEveryKindWasTried(Map<Command.KindCase, int[]> seen) {
        for (Command.KindCase kind : Command.KindCase.values()) {
            if (kind != Command.KindCase.KIND_NOT_SET) {
                int[] times = seen.getOrDefault(kind, new int[2]);
                assertTrue(
                        times[0] >= 5 && times[1] >= 5,
                        () -> "%s let in %d times, refused %d".formatted(kind, times[0], times[1]));
            }
        }
    }

    private static long[] seeds() {
        Long seed = Long.getLong("miroir.seed");
        return seed == null ? new long[] {1, 2} : new long[] {seed};
    }

    /** What was let in before, and ended every pod at once or at a later command. */
    @Test
    void whatEndedPodsIsRefusedWithItsReason() {
        assertRefused("canaries does not know when", putWithTime());
        assertRefused("attempts_max is of 0", enqueue(job().setAttemptsMax(0)));
        assertRefused("attempts_max is of 4294967295", enqueue(job().setAttemptsMax(-1)));
        assertRefused("NewJob.id is of 0 characters", enqueue(job().setId("")));
        assertRefused("no key of canaries", delete());
        assertRefused("no key of canaries", delete(KeyPart.newBuilder().setNumber(1)));
        assertRefused("KeyPart without part", delete(KeyPart.newBuilder()));
        assertRefused("PutRow without row", Command.newBuilder().setPutRow(PutRow.newBuilder()));
        assertRefused("AddOverflow.bytes is of 18446744073709551615", segment(-1));
        assertRefused("Counted.shard is of 2147483647", counted(Integer.MAX_VALUE));
        assertRefused("Effect without kind", affect(Effect.newBuilder()));
        UnknownFieldSet news =
                UnknownFieldSet.newBuilder()
                        .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build();
        assertRefused(
                "Effect with fields that this pod does not know",
                affect(Effect.newBuilder().setUnknownFields(news)));
        Barrier.Builder barrier = Barrier.newBuilder().addIndexUid("a");
        assertRefused("1 barriers", affect(Effect.newBuilder().setBarrier(barrier)));
    }

    private static void assertRefused(String why, Command.Builder command) {
        String refusal = CHECK.refusal(command.build());
        assertTrue(
                Objects.requireNonNull(refusal, "let in").contains(why), refusal + ", not " + why);
    }

    /** An earlier program's leader may have logged it: all reject it alone, and go on. */
    @Test
    void whatIsInTheLogAllTheSameEndsNoPod(@TempDir Path dir) {
        try (Entries pod = new Entries(dir)) {
            pod.apply(put());
            List<Command.Builder> poison =
                    List.of(
                            putWithTime(),
                            enqueue(job().setAttemptsMax(0)),
                            enqueue(job().setId("")),
                            delete(),
                            segment(Long.MIN_VALUE));
            for (Command.Builder command : poison) {
                assertTrue(pod.apply(command).hasRejected(), command::toString);
            }
            assertEquals(1, pod.rows("canaries"));
            assertEquals(0, pod.rows("jobs"));
            assertEquals(0, pod.rows("cdc_overflow"));
        }
    }

    /** A set of numbers takes memory by its highest: by one alone a pod would have ended. */
    @Test
    void shardsThatNoIndexHasTakeNoMemory(@TempDir Path dir) {
        try (Entries pod = new Entries(dir)) {
            ClaimLane.Builder claim = ClaimLane.newBuilder().setLane("a").setPodId("pod-a");
            long epoch = pod.apply(Command.newBuilder().setClaimLane(claim)).getClaimed();
            Intend.Builder intend =
                    Intend.newBuilder().setLane("a").setEpoch(epoch).setIndexUid("a");
            Outcome place = pod.apply(Command.newBuilder().setIntend(intend));
            Command.Builder bind = counted(Integer.MAX_VALUE);
            bind.getBindBuilder()
                    .setLane("a")
                    .setEpoch(epoch)
                    .setPosition(place.getIntended().getPosition());
            System.gc();
            Runtime heap = Runtime.getRuntime();
            long before = heap.totalMemory() - heap.freeMemory();
            assertTrue(pod.apply(bind).hasTaskBorn());
            long grown = heap.totalMemory() - heap.freeMemory() - before;
            assertTrue(grown < 128L << 20, grown + " bytes");
        }
    }

    /** One of the first keys may have been made by hand: the others are made beside it. */
    @Test
    void theFirstKeysAreMadeBesideOneThatIsThere(@TempDir Path dir) {
        try (Entries pod = new Entries(dir)) {
            MakeApiKeys.Builder one = MakeApiKeys.newBuilder().addKey(key("b"));
            assertTrue(pod.apply(Command.newBuilder().setMakeApiKeys(one)).hasDone());
            MakeApiKeys.Builder first =
                    MakeApiKeys.newBuilder().setBegin(true).addKey(key("a")).addKey(key("b"));
            assertTrue(pod.apply(Command.newBuilder().setMakeApiKeys(first)).hasDone());
            assertEquals(2, pod.rows("api_keys"));
            assertTrue(pod.apply(Command.newBuilder().setMakeApiKeys(first)).hasNothing());
        }
    }

    @Test
    void whatPodsMayHaveToTellIsLetIn() {
        EnqueueTask.Builder large = EnqueueTask.newBuilder().setDetailsJson("x".repeat(900 << 10));
        assertNull(CHECK.refusal(Command.newBuilder().setEnqueueTask(large).build()));
        Counted.Builder all = Counted.newBuilder().setNodeId("node");
        for (int shard = 0; shard < 65_536; shard++) {
            all.addShard(shard);
        }
        assertNull(
                CHECK.refusal(
                        Command.newBuilder().setBind(Bind.newBuilder().addCounted(all)).build()));
        all.addShard(0);
        assertNotNull(
                CHECK.refusal(
                        Command.newBuilder().setBind(Bind.newBuilder().addCounted(all)).build()));
    }

    private static Command.Builder put() {
        PutRow.Builder put = PutRow.newBuilder().setCanary(Canary.newBuilder().setId("a"));
        return Command.newBuilder().setPutRow(put);
    }

    private static Command.Builder putWithTime() {
        Command.Builder put = put();
        put.getPutRowBuilder().setExpectedUpdatedAtMicros(1);
        return put;
    }

    private static NewJob.Builder job() {
        return NewJob.newBuilder().setId("job").setAttemptsMax(1);
    }

    private static Command.Builder enqueue(NewJob.Builder job) {
        return Command.newBuilder().setEnqueueJobs(EnqueueJobs.newBuilder().addJob(job));
    }

    private static Command.Builder delete(KeyPart.Builder... key) {
        DeleteRow.Builder delete = DeleteRow.newBuilder().setTable(PutRow.CANARY_FIELD_NUMBER);
        for (KeyPart.Builder part : key) {
            delete.addKey(part);
        }
        return Command.newBuilder().setDeleteRow(delete);
    }

    private static Command.Builder segment(long bytes) {
        return Command.newBuilder()
                .setAddOverflow(
                        AddOverflow.newBuilder()
                                .setSinkName("a")
                                .setFirstSeq(1)
                                .setLastSeq(1)
                                .setBytes(bytes));
    }

    private static Command.Builder counted(int shard) {
        Counted.Builder counted = Counted.newBuilder().setNodeId("node").addShard(shard);
        return Command.newBuilder().setBind(Bind.newBuilder().addCounted(counted));
    }

    private static Command.Builder affect(Effect.Builder effect) {
        return Command.newBuilder().setAffectIndex(AffectIndex.newBuilder().addEffect(effect));
    }

    private static ApiKey.Builder key(String uid) {
        return ApiKey.newBuilder().setUid(uid);
    }
}
