package io.miroir.store.lane;

import com.google.protobuf.ByteString;
import io.miroir.proto.store.Abandon;
import io.miroir.proto.store.Accepted;
import io.miroir.proto.store.AffectIndex;
import io.miroir.proto.store.ClaimLane;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.Counted;
import io.miroir.proto.store.Missed;
import io.miroir.proto.store.Outcome;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.index.EffectWords;
import io.miroir.store.index.IndexEffect;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@link Lanes} over commands and SQL. */
public final class LaneRoom implements Lanes {
    private static final long NOBODY = 0;

    private final Proposer proposer;
    private final Reads reads;

    public LaneRoom(Proposer proposer, Reads reads) {
        this.proposer = proposer;
        this.reads = reads;
    }

    @Override
    public Reply<Claim> claim(String lane, String podId) {
        ClaimLane.Builder claim = ClaimLane.newBuilder().setLane(lane).setPodId(podId);
        return proposer.propose(
                Command.newBuilder().setClaimLane(claim),
                outcome ->
                        outcome.hasFull()
                                ? new Claim.Full(outcome.getFull().getRowsMax())
                                : new Claim.Claimed(outcome.getClaimed()));
    }

    @Override
    public Reply<Intention> intend(Intend intend) {
        return intendAll(List.of(intend)).getFirst();
    }

    @Override
    public List<Reply<Intention>> intendAll(List<Intend> intends) {
        return proposer.proposeAll(
                intends.stream().map(LaneRoom::command).toList(), LaneRoom::intention);
    }

    private static Command command(Intend intend) {
        atMost(intend.kind(), KIND_CHARS_MAX);
        atMost(intend.idempotencyKey(), IDEMPOTENCY_KEY_CHARS_MAX);
        io.miroir.proto.store.Intend.Builder words =
                io.miroir.proto.store.Intend.newBuilder()
                        .setLane(intend.lane())
                        .setEpoch(intend.epoch())
                        .setKind(intend.kind())
                        .setIndexUid(intend.indexUid())
                        .setBodySha256(
                                ByteString.copyFrom(HexFormat.of().parseHex(intend.bodySha256())))
                        .setIdempotencyTtlMicros(intend.idempotencyTtlMicros())
                        .setIncarnation(intend.incarnation())
                        .setCurrent(true)
                        .addAllTarget(intend.targets())
                        .addAllShard(intend.shards());
        if (intend.idempotencyKey() != null) {
            words.setIdempotencyKey(intend.idempotencyKey());
        }
        if (intend.sessionId() != null) {
            words.setSessionId(intend.sessionId());
        }
        if (intend.primaryKey() != null) {
            words.setPrimaryKey(intend.primaryKey());
        }
        return Command.newBuilder().setIntend(words).build();
    }

    @Override
    public Reply<Binding> bind(Bind bind) {
        return bindAll(List.of(bind)).getFirst();
    }

    @Override
    public List<Reply<Binding>> bindAll(List<Bind> binds) {
        return proposer.proposeAll(
                binds.stream().map(LaneRoom::command).toList(), LaneRoom::binding);
    }

    private static Command command(Bind bind) {
        io.miroir.proto.store.Bind.Builder words =
                io.miroir.proto.store.Bind.newBuilder()
                        .setLane(bind.lane())
                        .setEpoch(bind.epoch())
                        .setPosition(bind.position())
                        .setType(bind.type().code())
                        .setDetailsJson(bind.detailsJson())
                        .addAllEffect(EffectWords.of(bind.effects()));
        // Sorted, so that equal binds are equal bytes whatever map the caller has.
        for (Map.Entry<String, Long> node : new TreeMap<>(bind.accepted()).entrySet()) {
            words.addAccepted(
                    Accepted.newBuilder().setNodeId(node.getKey()).setNodeTaskUid(node.getValue()));
        }
        for (Map.Entry<String, String> node : new TreeMap<>(bind.missed()).entrySet()) {
            words.addMissed(
                    Missed.newBuilder()
                            .setNodeId(node.getKey())
                            .setReason(node.getValue())
                            .addAllShard(
                                    bind.missedShards().getOrDefault(node.getKey(), List.of())));
        }
        for (Map.Entry<String, List<Integer>> node : new TreeMap<>(bind.counted()).entrySet()) {
            words.addCounted(
                    Counted.newBuilder().setNodeId(node.getKey()).addAllShard(node.getValue()));
        }
        if (bind.terminal() != null) {
            words.setTerminalStatus(bind.terminal().code());
        }
        if (bind.errorJson() != null) {
            words.setErrorJson(bind.errorJson());
        }
        if (bind.pinnedGroup() != null) {
            words.setPinnedGroup(bind.pinnedGroup());
        }
        return Command.newBuilder().setBind(words).build();
    }

    @Override
    public Reply<Abandonment> abandon(String lane, long epoch, long position, String reason) {
        atMost(reason, REASON_CHARS_MAX);
        Abandon.Builder abandon =
                Abandon.newBuilder()
                        .setLane(lane)
                        .setEpoch(epoch)
                        .setPosition(position)
                        .setReason(reason);
        return proposer.propose(Command.newBuilder().setAbandon(abandon), LaneRoom::abandonment);
    }

    @Override
    public Reply<Affecting> affect(String lane, long epoch, List<IndexEffect> effects) {
        AffectIndex.Builder affect =
                AffectIndex.newBuilder()
                        .setLane(lane)
                        .setEpoch(epoch)
                        .addAllEffect(EffectWords.of(effects));
        return proposer.propose(Command.newBuilder().setAffectIndex(affect), LaneRoom::affecting);
    }

    @Override
    public Reply<Affecting> doubt(String lane, long incarnation, String nodeId, long version) {
        return affect(
                lane,
                NOBODY,
                List.of(
                        new IndexEffect.NodesStand(
                                incarnation, List.of(), List.of(nodeId), version)));
    }

    @Override
    public Optional<LaneRow> get(ReadLevel level, String lane) {
        return reads.point(level, sql -> LaneReads.get(sql, lane));
    }

    @Override
    public List<LaneRow> list(ReadLevel level) {
        return reads.scan(level, LaneReads::list);
    }

    @Override
    public List<IntentRow> openIntents(ReadLevel level, String lane) {
        return reads.point(level, sql -> LaneReads.openIntents(sql, lane));
    }

    @Override
    public boolean barred(ReadLevel level, String lane) {
        return reads.point(level, sql -> LaneReads.barred(sql, lane));
    }

    private static void atMost(@Nullable String text, int charsMax) {
        if (text != null && text.length() > charsMax) {
            throw new IllegalArgumentException(text.length() + " characters, at most " + charsMax);
        }
    }

    private static Intention intention(Outcome outcome) {
        return switch (outcome.getKindCase()) {
            case INTENDED ->
                    new Intention.Intended(
                            outcome.getIntended().getPosition(),
                            outcome.getIntended().getIncarnation());
            case FENCED ->
                    new Intention.Fenced(
                            outcome.getFenced().getOwner(), outcome.getFenced().getEpoch());
            case ALREADY_BOUND -> new Intention.AlreadyBound(outcome.getAlreadyBound());
            case PENDING ->
                    new Intention.Pending(
                            outcome.getPending().getPosition(), outcome.getPending().getEpoch());
            case KEY_REUSED -> new Intention.KeyReused();
            case BARRED -> new Intention.Barred();
            case INDEX_CHANGED -> new Intention.IndexChanged();
            case FULL ->
                    new Intention.Full(outcome.getFull().getWhat(), outcome.getFull().getRowsMax());
            default -> throw Proposer.unexpected(outcome);
        };
    }

    private static Binding binding(Outcome outcome) {
        return switch (outcome.getKindCase()) {
            case TASK_BORN ->
                    new Binding.Bound(
                            outcome.getTaskBorn().getUid(),
                            outcome.getTaskBorn().getEnqueuedAtMicros());
            case FENCED ->
                    new Binding.Fenced(
                            outcome.getFenced().getOwner(), outcome.getFenced().getEpoch());
            case NOT_INTENDED -> new Binding.NotIntended();
            case STATES_CHANGED -> new Binding.StatesChanged();
            default -> throw Proposer.unexpected(outcome);
        };
    }

    private static Affecting affecting(Outcome outcome) {
        return switch (outcome.getKindCase()) {
            case DONE -> new Affecting.Affected();
            case FENCED ->
                    new Affecting.Fenced(
                            outcome.getFenced().getOwner(), outcome.getFenced().getEpoch());
            default -> throw Proposer.unexpected(outcome);
        };
    }

    private static Abandonment abandonment(Outcome outcome) {
        return switch (outcome.getKindCase()) {
            case DONE -> new Abandonment.Abandoned();
            case FENCED ->
                    new Abandonment.Fenced(
                            outcome.getFenced().getOwner(), outcome.getFenced().getEpoch());
            case NOT_INTENDED -> new Abandonment.NotIntended();
            default -> throw Proposer.unexpected(outcome);
        };
    }
}
