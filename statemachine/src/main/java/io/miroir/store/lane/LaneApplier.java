package io.miroir.store.lane;

import com.google.protobuf.ByteString;
import io.miroir.proto.store.Abandon;
import io.miroir.proto.store.AffectIndex;
import io.miroir.proto.store.Bind;
import io.miroir.proto.store.ClaimLane;
import io.miroir.proto.store.Dispatch;
import io.miroir.proto.store.IdempotencyKey;
import io.miroir.proto.store.Intend;
import io.miroir.proto.store.Intended;
import io.miroir.proto.store.Missed;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.Pending;
import io.miroir.proto.store.Targets;
import io.miroir.proto.store.TaskBorn;
import io.miroir.store.Change;
import io.miroir.store.alias.AliasApplier;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;
import io.miroir.store.idempotency.IdempotencyApplier;
import io.miroir.store.index.IndexApplier;
import io.miroir.store.index.Indexes;
import io.miroir.store.replica.InSync;
import io.miroir.store.replica.ReplicaApplier;
import io.miroir.store.replica.Replicas;
import io.miroir.store.session.SessionApplier;
import io.miroir.store.task.TaskApplier;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes lanes and intents. */
public final class LaneApplier {
    /** What is found beside tasks has no barrier. */
    private static final long NO_TASK = -1;

    private LaneApplier() {}

    public static Outcome claim(Write write, ClaimLane command) {
        Optional<LaneRow> lane = LaneReads.get(write.sql(), command.getLane());
        if (lane.isEmpty() && write.rows("lanes") >= Lanes.ROWS_MAX && !forgetUnusedLane(write)) {
            return Outcomes.full("lanes", Lanes.ROWS_MAX);
        }
        long epoch = write.nextEpoch();
        long nextPosition = lane.map(LaneRow::nextPosition).orElse(1L);
        LaneRow row =
                new LaneRow(
                        command.getLane(), command.getPodId(), epoch, nextPosition, write.now());
        write.sql()
                .update(
                        "INSERT INTO lanes (lane, owner, epoch, next_position, claimed_at)"
                                + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (lane) DO UPDATE SET owner ="
                                + " excluded.owner, epoch = excluded.epoch, claimed_at ="
                                + " excluded.claimed_at",
                        row.lane(),
                        row.owner(),
                        row.epoch(),
                        row.nextPosition(),
                        row.claimedAt());
        if (lane.isEmpty()) {
            write.rowsChanged("lanes", 1);
        }
        write.changed(new Change.LaneChanged(row));
        return Outcome.newBuilder().setClaimed(epoch).build();
    }

    public static Outcome intend(Write write, Intend command) {
        Outcome fenced = fence(write, command.getLane(), command.getEpoch());
        if (fenced != null) {
            return fenced;
        }
        Outcome known = known(write, command);
        if (known != null) {
            return known;
        }
        Outcome late = late(write, command);
        if (late != null) {
            return late;
        }
        Outcome full = full(write, command);
        if (full != null) {
            return full;
        }
        long position = takePosition(write, command.getLane());
        boolean allot = command.getIncarnation() == io.miroir.store.lane.Intend.ALLOT;
        long incarnation = allot ? write.nextIncarnation() : command.getIncarnation();
        insert(write, command, position, incarnation);
        return Outcome.newBuilder()
                .setIntended(
                        Intended.newBuilder().setPosition(position).setIncarnation(incarnation))
                .build();
    }

    public static Outcome bind(Write write, Bind command) {
        Outcome fenced = fence(write, command.getLane(), command.getEpoch());
        if (fenced != null) {
            return fenced;
        }
        Optional<IntentRow> found =
                LaneReads.intent(write.sql(), command.getLane(), command.getPosition());
        if (found.isEmpty()) {
            // An owner that got no answer asks again: its write must not end without a task.
            Outcome born =
                    TaskApplier.bornOf(
                            write, command.getLane(), command.getEpoch(), command.getPosition());
            return born == null ? Outcomes.NOT_INTENDED : born;
        }
        IntentRow intent = found.get();
        if (statesChanged(write, command, intent.incarnation())) {
            return Outcomes.STATES_CHANGED;
        }
        end(write, intent.lane(), intent.position());
        long uid = TaskApplier.insert(write, bound(command, intent));
        IndexApplier.apply(write, uid, command.getEffectList());
        if (command.hasTerminalStatus()) {
            // Nobody will end it: what came behind it would wait for ever.
            BarrierApplier.lower(write, uid);
        }
        for (Missed missed : command.getMissedList()) {
            ReplicaApplier.missed(
                    write, intent.incarnation(), missed.getNodeId(), missed.getShardList());
        }
        if (intent.idempotencyKey() != null) {
            IdempotencyApplier.remember(write, key(intent, intent.idempotencyKey()), uid);
        }
        if (intent.sessionId() != null) {
            SessionApplier.wrote(
                    write,
                    intent.sessionId(),
                    uid,
                    command.hasPinnedGroup() ? command.getPinnedGroup() : null);
        }
        return Outcome.newBuilder()
                .setTaskBorn(TaskBorn.newBuilder().setUid(uid).setEnqueuedAtMicros(write.now()))
                .build();
    }

    private static boolean statesChanged(Write write, Bind command, long incarnation) {
        if (command.getCountedCount() == 0 && command.getMissedCount() == 0) {
            return false;
        }
        InSync inSync = InSync.of(write, incarnation);
        Map<String, List<Integer>> out = new HashMap<>();
        command.getMissedList()
                .forEach(missed -> out.put(missed.getNodeId(), missed.getShardList()));
        Map<String, List<Integer>> taken = new HashMap<>();
        command.getCountedList().forEach(node -> taken.put(node.getNodeId(), node.getShardList()));
        return !inSync.survives(out)
                || !taken.entrySet().stream()
                        .allMatch(node -> inSync.holds(node.getKey(), node.getValue()))
                || (TaskType.ofCode(command.getType()).changesDocuments()
                        && !inSync.agree(taken, out));
    }

    public static Outcome abandon(Write write, Abandon command) {
        Outcome fenced = fence(write, command.getLane(), command.getEpoch());
        if (fenced != null) {
            return fenced;
        }
        return end(write, command.getLane(), command.getPosition())
                ? Outcomes.DONE
                : Outcomes.NOT_INTENDED;
    }

    /** What is found of an index beside tasks: by its lane's owner, or by anyone without epoch. */
    public static Outcome affect(Write write, AffectIndex command) {
        Outcome fenced =
                command.getEpoch() == 0
                        ? null
                        : fence(write, command.getLane(), command.getEpoch());
        if (fenced != null) {
            return fenced;
        }
        IndexApplier.apply(write, NO_TASK, command.getEffectList());
        return Outcomes.DONE;
    }

    /** Null if the caller runs the lane under its current epoch. */
    public static @Nullable Outcome fence(Write write, String lane, long epoch) {
        Optional<LaneRow> row = LaneReads.get(write.sql(), lane);
        if (row.isEmpty()) {
            return Outcomes.fenced("", 0);
        }
        return row.get().epoch() == epoch
                ? null
                : Outcomes.fenced(row.get().owner(), row.get().epoch());
    }

    private static @Nullable Outcome known(Write write, Intend command) {
        if (!command.hasIdempotencyKey()) {
            return null;
        }
        String key = command.getIdempotencyKey();
        Outcome bound = IdempotencyApplier.known(write, key, command.getBodySha256());
        if (bound != null) {
            return bound;
        }
        return write.sql()
                .first(
                        "SELECT position, epoch, body_sha256 FROM intents WHERE idempotency_key = ?",
                        row -> pending(row.number(1), row.number(2), row.blob(3), command),
                        key)
                .orElse(null);
    }

    private static Outcome pending(long position, long epoch, byte[] body, Intend command) {
        if (!Arrays.equals(body, command.getBodySha256().toByteArray())) {
            return Outcomes.KEY_REUSED;
        }
        return Outcome.newBuilder()
                .setPending(Pending.newBuilder().setPosition(position).setEpoch(epoch))
                .build();
    }

    private static IdempotencyKey key(IntentRow intent, String key) {
        return IdempotencyKey.newBuilder()
                .setKey(key)
                .setBodySha256(ByteString.copyFrom(HexFormat.of().parseHex(intent.bodySha256())))
                .setTtlMicros(intent.idempotencyTtlMicros())
                .build();
    }

    private static @Nullable Outcome full(Write write, Intend command) {
        if (write.rows("intents") >= Lanes.OPEN_INTENTS_MAX) {
            return Outcomes.full("intents", Lanes.OPEN_INTENTS_MAX);
        }
        long inLane =
                write.sql()
                        .number("SELECT count(*) FROM intents WHERE lane = ?", command.getLane());
        if (inLane >= Lanes.OPEN_INTENTS_PER_LANE_MAX) {
            return Outcomes.full("intents of the lane", Lanes.OPEN_INTENTS_PER_LANE_MAX);
        }
        boolean creates = command.getIncarnation() == io.miroir.store.lane.Intend.ALLOT;
        if (creates && write.rows("indexes") >= Indexes.ROWS_MAX) {
            return Outcomes.full("indexes", Indexes.ROWS_MAX);
        }
        if (creates && write.rows("replica_state") >= Replicas.ROWS_MAX) {
            return Outcomes.full("replica_state", Replicas.ROWS_MAX);
        }
        if (TaskApplier.full(write)) {
            return Outcomes.full("tasks", write.limits().tasksMax());
        }
        return command.hasIdempotencyKey() ? IdempotencyApplier.full(write) : null;
    }

    /** Not null for a change that was decided before another one that came first. */
    private static @Nullable Outcome late(Write write, Intend command) {
        if (!command.getCurrent()) {
            return null;
        }
        if (BarrierApplier.bars(write, command.getLane())) {
            return Outcomes.BARRED;
        }
        boolean same =
                IndexApplier.incarnationOf(write, command.getLane()) == command.getIncarnation();
        boolean aliased =
                command.getIncarnation() == io.miroir.store.lane.Intend.ALLOT
                        && AliasApplier.isAlias(write, command.getLane());
        return same && !aliased ? null : Outcomes.INDEX_CHANGED;
    }

    /** Whether something is under way in a lane that may give its name to an index. */
    public static boolean isBusy(Write write, String lane) {
        return BarrierApplier.bars(write, lane)
                || write.sql().number("SELECT count(*) FROM intents WHERE lane = ?", lane) > 0;
    }

    /**
     * Two names are exchanged, or one is given up for another: what was done under them goes with
     * their indexes. An index's positions go on where they were, whichever lane it comes to:
     * documents are stamped with them.
     */
    public static void exchangeHistory(Write write, String one, String other) {
        TaskApplier.exchange(write, one, other);
        long next = Math.max(nextPosition(write, one), nextPosition(write, other));
        for (String lane : List.of(one, other)) {
            int known =
                    write.sql()
                            .update(
                                    "UPDATE lanes SET next_position = ? WHERE lane = ?",
                                    next,
                                    lane);
            if (known == 0) {
                begin(write, lane, next);
            }
        }
    }

    private static long nextPosition(Write write, String lane) {
        return LaneReads.get(write.sql(), lane).map(LaneRow::nextPosition).orElse(1L);
    }

    // Nobody's until it is claimed: an empty owner is no pod.
    private static void begin(Write write, String lane, long nextPosition) {
        if (write.rows("lanes") >= Lanes.ROWS_MAX) {
            forgetUnusedLane(write);
        }
        write.sql()
                .update(
                        "INSERT INTO lanes (lane, owner, epoch, next_position, claimed_at)"
                                + " VALUES (?, '', ?, ?, ?)",
                        lane,
                        write.nextEpoch(),
                        nextPosition,
                        write.now());
        write.rowsChanged("lanes", 1);
    }

    private static long takePosition(Write write, String lane) {
        long position = write.sql().number("SELECT next_position FROM lanes WHERE lane = ?", lane);
        write.sql().update("UPDATE lanes SET next_position = ? WHERE lane = ?", position + 1, lane);
        return position;
    }

    private static void insert(Write write, Intend command, long position, long incarnation) {
        Targets.Builder targets =
                Targets.newBuilder()
                        .addAllNodeId(command.getTargetList())
                        .addAllShard(command.getShardList());
        if (command.hasPrimaryKey()) {
            targets.setPrimaryKey(command.getPrimaryKey());
        }
        write.sql()
                .update(
                        "INSERT INTO intents (lane, position, epoch, kind, index_uid, body_sha256,"
                                + " idempotency_key, idempotency_ttl_micros, session_id,"
                                + " incarnation, targets, created_at)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        command.getLane(),
                        position,
                        command.getEpoch(),
                        command.getKind(),
                        command.getIndexUid(),
                        command.getBodySha256().toByteArray(),
                        command.hasIdempotencyKey() ? command.getIdempotencyKey() : null,
                        command.getIdempotencyTtlMicros(),
                        command.hasSessionId() ? command.getSessionId() : null,
                        incarnation,
                        targets.build().toByteArray(),
                        write.now());
        write.rowsChanged("intents", 1);
    }

    private static TaskApplier.Birth bound(Bind command, IntentRow intent) {
        ByteString dispatch =
                Dispatch.newBuilder()
                        .addAllAccepted(command.getAcceptedList())
                        .addAllMissed(command.getMissedList())
                        .build()
                        .toByteString();
        return new TaskApplier.Birth(
                command.getType(),
                command.hasTerminalStatus()
                        ? TaskStatus.ofCode(command.getTerminalStatus())
                        : TaskStatus.ENQUEUED,
                intent.indexUid().isEmpty() ? null : intent.indexUid(),
                command.getDetailsJson(),
                command.hasErrorJson() ? command.getErrorJson() : null,
                new TaskApplier.LaneItem(
                        intent.lane(),
                        command.getEpoch(),
                        intent.position(),
                        intent.incarnation(),
                        dispatch));
    }

    private static boolean end(Write write, String lane, long position) {
        int ended =
                write.sql()
                        .update(
                                "DELETE FROM intents WHERE lane = ? AND position = ?",
                                lane,
                                position);
        write.rowsChanged("intents", -ended);
        return ended > 0;
    }

    /**
     * Forgets the lane that was claimed longest ago among those with nothing left to order. Epochs
     * are counted over all lanes, so a lane that comes back still fences its past.
     */
    private static boolean forgetUnusedLane(Write write) {
        int forgotten =
                write.sql()
                        .update(
                                "DELETE FROM lanes WHERE lane = (SELECT l.lane FROM lanes l"
                                        + " WHERE NOT EXISTS (SELECT 1 FROM indexes WHERE uid ="
                                        + " l.lane) AND NOT EXISTS (SELECT 1 FROM intents i WHERE"
                                        + " i.lane = l.lane) AND NOT EXISTS (SELECT 1 FROM tasks t"
                                        + " WHERE t.lane = l.lane AND t.status < 2) ORDER BY"
                                        + " l.claimed_at, l.lane LIMIT 1)");
        write.rowsChanged("lanes", -forgotten);
        return forgotten > 0;
    }
}
