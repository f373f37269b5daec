package io.miroir.store.engine;

import com.google.protobuf.ByteString;
import io.miroir.proto.store.Abandon;
import io.miroir.proto.store.Accepted;
import io.miroir.proto.store.AdminSession;
import io.miroir.proto.store.AffectIndex;
import io.miroir.proto.store.Barrier;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.BatchOutcome;
import io.miroir.proto.store.Bind;
import io.miroir.proto.store.ClaimLane;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.DeleteAlias;
import io.miroir.proto.store.DeleteRow;
import io.miroir.proto.store.DeleteTasks;
import io.miroir.proto.store.Effect;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.proto.store.FinishTask;
import io.miroir.proto.store.FlipAlias;
import io.miroir.proto.store.IndexCreated;
import io.miroir.proto.store.IndexFrozen;
import io.miroir.proto.store.IndexRenamed;
import io.miroir.proto.store.IndexesSwapped;
import io.miroir.proto.store.Intend;
import io.miroir.proto.store.KeyPart;
import io.miroir.proto.store.MarkReplicas;
import io.miroir.proto.store.Missed;
import io.miroir.proto.store.NameExpected;
import io.miroir.proto.store.NodeReplicas;
import io.miroir.proto.store.NodesStand;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.PutRow;
import io.miroir.proto.store.ReplaceTopology;
import io.miroir.proto.store.SettingsCommitted;
import io.miroir.proto.store.StartTask;
import java.util.Random;

/**
 * Commands over few names, so that they meet: about half of them hit something that is there, the
 * rest are refused in every way.
 */
final class RandomCommands {
    private static final int NAMES = 4;

    private final Random random;
    private final long[] sequences = new long[3];
    private long epoch;
    private long position;
    private long uid;
    private long incarnation;

    RandomCommands(Random random) {
        this.random = random;
    }

    /** The next entry; now and then the last one of a proposer is sent again. */
    Batch next() {
        int proposer = random.nextInt(sequences.length);
        if (random.nextInt(10) > 0) {
            sequences[proposer]++;
        }
        Batch.Builder batch =
                Batch.newBuilder().setProposer(proposer).setSequence(sequences[proposer]);
        int commands = 1 + random.nextInt(8);
        for (int c = 0; c < commands; c++) {
            batch.addCommand(command());
        }
        return batch.build();
    }

    /** What the entry came to, so that later commands know what to speak of. */
    void observe(BatchOutcome answer) {
        for (Outcome outcome : answer.getOutcomeList()) {
            switch (outcome.getKindCase()) {
                case CLAIMED -> epoch = outcome.getClaimed();
                case FENCED -> epoch = Math.max(epoch, outcome.getFenced().getEpoch());
                case INTENDED -> {
                    position = outcome.getIntended().getPosition();
                    incarnation = outcome.getIntended().getIncarnation();
                }
                case TASK_BORN -> uid = outcome.getTaskBorn().getUid();
                default -> {}
            }
        }
    }

    private Command.Builder command() {
        Command.Builder command = Command.newBuilder();
        if (random.nextInt(20) == 0) {
            command.setFencingTerm(1 + random.nextInt(4));
        }
        return switch (random.nextInt(23)) {
            case 0 -> command.setClaimLane(ClaimLane.newBuilder().setLane(lane()).setPodId(name()));
            case 1, 2 -> command.setIntend(intend());
            case 3, 4 -> command.setBind(bind());
            case 5 ->
                    command.setAbandon(
                            Abandon.newBuilder()
                                    .setLane(lane())
                                    .setEpoch(epoch())
                                    .setPosition(position()));
            case 6 -> command.setEnqueueTask(EnqueueTask.newBuilder().setType(random.nextInt(12)));
            case 7 -> command.setStartTask(StartTask.newBuilder().setUid(uid()).setEpoch(epoch()));
            case 8 ->
                    command.setFinishTask(
                            FinishTask.newBuilder()
                                    .setUid(uid())
                                    .setEpoch(epoch())
                                    .setStatus(2 + random.nextInt(3))
                                    .addEffect(effect()));
            case 9 -> command.setDeleteTasks(DeleteTasks.newBuilder().addUid(uid()).addUid(uid()));
            case 10 ->
                    command.setMarkReplicas(
                            MarkReplicas.newBuilder()
                                    .setIncarnation(incarnation())
                                    .setNodeId(name())
                                    .setStates(states())
                                    .setExpectedVersion(random.nextInt(3))
                                    .setLane(lane())
                                    .setEpoch(random.nextBoolean() ? 0 : epoch()));
            case 11 ->
                    random.nextInt(12) == 0
                            ? command.setDeleteAlias(DeleteAlias.newBuilder().setName(name()))
                            : command.setFlipAlias(
                                    FlipAlias.newBuilder()
                                            .setName(name())
                                            .addTarget(name())
                                            .setExpectedVersion(random.nextInt(4) - 1));
            case 13 ->
                    command.setAffectIndex(
                            AffectIndex.newBuilder()
                                    .setLane(lane())
                                    .setEpoch(random.nextBoolean() ? 0 : epoch())
                                    .addEffect(
                                            Effect.newBuilder()
                                                    .setNodesStand(
                                                            NodesStand.newBuilder()
                                                                    .setIncarnation(incarnation())
                                                                    .addUnsettled(name()))));
            case 12 ->
                    command.setReplaceTopology(
                            ReplaceTopology.newBuilder()
                                    .setJson("{}")
                                    .setExpectedVersion(random.nextInt(5)));
            default -> row(command);
        };
    }

    private Command.Builder row(Command.Builder command) {
        return switch (random.nextInt(3)) {
            case 0 ->
                    command.setPutRow(
                            PutRow.newBuilder()
                                    .setAdminSession(
                                            AdminSession.newBuilder()
                                                    .setSessionId(name())
                                                    .setExpiresAtMicros(
                                                            random.nextLong(1L << 51))));
            case 1 ->
                    command.setDeleteRow(
                            DeleteRow.newBuilder()
                                    .setTable(PutRow.ADMIN_SESSION_FIELD_NUMBER)
                                    .addKey(KeyPart.newBuilder().setText(name())));
            default -> new RandomRoomCommands(random).fill(command);
        };
    }

    private Intend.Builder intend() {
        Intend.Builder intend =
                Intend.newBuilder()
                        .setLane(lane())
                        .setEpoch(epoch())
                        .setKind("k")
                        .setIndexUid(name())
                        .setBodySha256(ByteString.copyFromUtf8(name()))
                        .setIncarnation(random.nextBoolean() ? 0 : incarnation())
                        .setCurrent(random.nextInt(3) == 0)
                        .setSessionId(name());
        if (random.nextBoolean()) {
            intend.setIdempotencyKey("key-" + random.nextInt(40))
                    .setIdempotencyTtlMicros(random.nextInt(30_000_000));
        }
        return intend;
    }

    private Bind.Builder bind() {
        Bind.Builder bind =
                Bind.newBuilder()
                        .setLane(lane())
                        .setEpoch(epoch())
                        .setPosition(position())
                        .setDetailsJson("{}")
                        .addAccepted(Accepted.newBuilder().setNodeId(name()).setNodeTaskUid(3))
                        .addMissed(Missed.newBuilder().setNodeId(name()).setReason("down"));
        if (random.nextBoolean()) {
            bind.addEffect(effect());
        }
        return bind;
    }

    private Effect.Builder effect() {
        Effect.Builder effect = Effect.newBuilder();
        return switch (random.nextInt(10)) {
            case 6 ->
                    effect.setBarrier(Barrier.newBuilder().addIndexUid(name()).addIndexUid(name()));
            case 7 ->
                    effect.setNameExpected(
                            NameExpected.newBuilder().setUid(name()).setIncarnation(incarnation()));
            case 0 -> effect.setDeleted(incarnation());
            case 1 -> effect.setTouched(incarnation());
            case 2 ->
                    effect.setSettingsCommitted(
                            SettingsCommitted.newBuilder()
                                    .setIncarnation(incarnation())
                                    .addVerified(name())
                                    .addUnsettled(name()));
            case 8 ->
                    effect.setNodesStand(
                            NodesStand.newBuilder()
                                    .setIncarnation(incarnation())
                                    .addVerified(name())
                                    .addUnsettled(name())
                                    .setVersion(random.nextInt(3)));
            case 9 ->
                    effect.setFrozen(
                            IndexFrozen.newBuilder()
                                    .setIncarnation(incarnation())
                                    .setReason(name()));
            case 3 ->
                    effect.setRenamed(
                            IndexRenamed.newBuilder()
                                    .setIncarnation(incarnation())
                                    .setNewUid(name()));
            case 4 ->
                    effect.setSwapped(
                            IndexesSwapped.newBuilder()
                                    .setIncarnation(incarnation())
                                    .setOtherIncarnation(incarnation()));
            default ->
                    effect.setCreated(
                            IndexCreated.newBuilder()
                                    .setUid(name())
                                    .setIncarnation(incarnation())
                                    .setShards(4)
                                    .addReplicas(
                                            NodeReplicas.newBuilder()
                                                    .setNodeId(name())
                                                    .setStates(states())));
        };
    }

    private ByteString states() {
        byte[] states = new byte[4];
        for (int i = 0; i < states.length; i++) {
            states[i] = (byte) random.nextInt(5);
        }
        return ByteString.copyFrom(states);
    }

    private String lane() {
        return random.nextInt(10) == 0 ? "nobody's" : "name-0";
    }

    private String name() {
        return "name-" + random.nextInt(NAMES);
    }

    private long epoch() {
        return near(epoch);
    }

    private long position() {
        return near(position);
    }

    private long uid() {
        return near(uid);
    }

    private long incarnation() {
        return near(incarnation);
    }

    /** The last one, mostly; else one of those before, or one that never was. */
    private long near(long last) {
        return random.nextInt(4) > 0 ? last : Math.max(0, last + 1 - random.nextInt(6));
    }
}
