package io.miroir.store.task;

import com.google.protobuf.ByteString;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.DeleteTasks;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.proto.store.FinishTask;
import io.miroir.proto.store.IdempotencyKey;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.StartTask;
import io.miroir.sqlite.Sql;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.index.EffectWords;
import io.miroir.store.seal.Seals;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** {@link Tasks} over commands and SQL. */
public final class TaskRoom implements Tasks {
    /** Rows that are read one by one on the caller's thread: a millisecond. */
    private static final int POINT_ROWS_MAX = 128;

    private final Proposer proposer;
    private final Reads reads;
    private final Seals seals;

    public TaskRoom(Proposer proposer, Reads reads, Seals seals) {
        this.proposer = proposer;
        this.reads = reads;
        this.seals = seals;
    }

    @Override
    public Reply<Birth> enqueue(NewTask task) {
        EnqueueTask.Builder words =
                EnqueueTask.newBuilder()
                        .setType(task.type().code())
                        .setDetailsJson(task.detailsJson());
        if (task.indexUid() != null) {
            words.setIndexUid(task.indexUid());
        }
        if (task.terminal() != null) {
            words.setTerminalStatus(task.terminal().code());
        }
        if (task.errorJson() != null) {
            words.setErrorJson(task.errorJson());
        }
        if (task.key() != null) {
            words.setIdempotencyKey(
                    IdempotencyKey.newBuilder()
                            .setKey(task.key().key())
                            .setBodySha256(
                                    ByteString.copyFrom(
                                            HexFormat.of().parseHex(task.key().bodySha256())))
                            .setTtlMicros(task.key().ttlMicros()));
        }
        if (task.sessionId() != null) {
            words.setSessionId(task.sessionId());
        }
        return proposer.propose(Command.newBuilder().setEnqueueTask(words), TaskRoom::birth);
    }

    @Override
    public Reply<Step> started(long uid, long epoch) {
        return startedAll(List.of(uid), epoch).getFirst();
    }

    @Override
    public List<Reply<Step>> startedAll(List<Long> uids, long epoch) {
        List<Command> commands = new ArrayList<>();
        for (long uid : uids) {
            StartTask.Builder start = StartTask.newBuilder().setUid(uid).setEpoch(epoch);
            commands.add(Command.newBuilder().setStartTask(start).build());
        }
        return proposer.proposeAll(commands, TaskRoom::step);
    }

    @Override
    public Reply<Step> finish(Finish finish) {
        return finishAll(List.of(finish)).getFirst();
    }

    @Override
    public List<Reply<Step>> finishAll(List<Finish> finishes) {
        return proposer.proposeAll(
                finishes.stream().map(TaskRoom::command).toList(), TaskRoom::step);
    }

    private static Command command(Finish finish) {
        FinishTask.Builder words =
                FinishTask.newBuilder()
                        .setUid(finish.uid())
                        .setEpoch(finish.epoch())
                        .setStatus(finish.status().code())
                        .addAllEffect(EffectWords.of(finish.effects()));
        if (finish.detailsJson() != null) {
            words.setDetailsJson(finish.detailsJson());
        }
        if (finish.errorJson() != null) {
            words.setErrorJson(finish.errorJson());
        }
        if (finish.canceledBy() != null) {
            words.setCanceledBy(finish.canceledBy());
        }
        return Command.newBuilder().setFinishTask(words).build();
    }

    @Override
    public Reply<Integer> delete(List<Long> uids) {
        if (uids.size() > DELETE_MAX) {
            throw new IllegalArgumentException(uids.size() + " tasks, at most " + DELETE_MAX);
        }
        DeleteTasks.Builder delete = DeleteTasks.newBuilder().addAllUid(uids);
        return proposer.propose(
                Command.newBuilder().setDeleteTasks(delete),
                outcome -> Math.toIntExact(outcome.getCount()));
    }

    @Override
    public Optional<TaskRow> get(ReadLevel level, long uid) {
        return reads.point(level, sql -> TaskReads.get(sql, uid)).map(row -> row.opened(seals));
    }

    @Override
    public TaskPage list(ReadLevel level, TaskQuery query) {
        Function<Sql, TaskPage> read = sql -> TaskReads.list(reads.tasks(), sql, query);
        TaskPage page =
                query.limit() <= POINT_ROWS_MAX && isShort(query)
                        ? reads.point(level, read)
                        : reads.scan(level, read);
        return new TaskPage(opened(page.tasks()), page.next(), page.total());
    }

    @Override
    public TaskUids uids(ReadLevel level, TaskQuery query) {
        Function<Sql, TaskUids> read = _ -> reads.tasks().find(query);
        return isShort(query) ? reads.point(level, read) : reads.scan(level, read);
    }

    /** Whether it holds the caller's thread, which may carry others, for a moment only. */
    private static boolean isShort(TaskQuery query) {
        return query.indexes() == null || query.indexes().areFew();
    }

    @Override
    public List<TaskRow> unfinished(ReadLevel level, String lane) {
        return opened(reads.scan(level, sql -> TaskReads.unfinished(sql, lane)));
    }

    @Override
    public List<TaskRow> ended(ReadLevel level, long sinceMicros, int limit) {
        return opened(reads.scan(level, sql -> TaskReads.ended(sql, sinceMicros, limit)));
    }

    private List<TaskRow> opened(List<TaskRow> rows) {
        return rows.stream().map(row -> row.opened(seals)).toList();
    }

    private static Birth birth(Outcome outcome) {
        return switch (outcome.getKindCase()) {
            case TASK_BORN ->
                    new Birth.Enqueued(
                            outcome.getTaskBorn().getUid(),
                            outcome.getTaskBorn().getEnqueuedAtMicros());
            case ALREADY_BOUND -> new Birth.AlreadyBound(outcome.getAlreadyBound());
            case KEY_REUSED -> new Birth.KeyReused();
            case FULL -> new Birth.Full(outcome.getFull().getRowsMax());
            default -> throw Proposer.unexpected(outcome);
        };
    }

    private static Step step(Outcome outcome) {
        return switch (outcome.getKindCase()) {
            case DONE -> new Step.Stepped();
            case ALREADY_FINISHED ->
                    new Step.AlreadyFinished(TaskStatus.ofCode(outcome.getAlreadyFinished()));
            case FENCED ->
                    new Step.Fenced(outcome.getFenced().getOwner(), outcome.getFenced().getEpoch());
            case NO_SUCH_TASK -> new Step.NoSuchTask();
            case STATES_CHANGED -> new Step.StatesChanged();
            case BARRED -> new Step.Barred();
            case INDEX_CHANGED -> new Step.IndexChanged();
            default -> throw Proposer.unexpected(outcome);
        };
    }
}
