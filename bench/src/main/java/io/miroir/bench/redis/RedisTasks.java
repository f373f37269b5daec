package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.limit.StoreLimits;
import io.miroir.store.task.Finish;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskPage;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.commands.ProtocolCommand;

/**
 * {@code miroir:tasks:<uid>} hashes and {@code miroir:tasks:_index}, a sorted set where the
 * keyspace has a plain one: a page of the newest would else read all, as filters do.
 */
final class RedisTasks implements Tasks {
    private static final String KEY = "miroir:tasks:";
    private static final String INDEX = KEY + "_index";
    private static final long STEPPED = -1;
    private static final long NONE = -2;

    private final RedisPipeline writes;
    private final RedisPipeline reads;
    private final RedisLimits limits;

    RedisTasks(RedisPipeline writes, RedisPipeline reads, RedisLimits limits) {
        this.writes = writes;
        this.reads = reads;
        this.limits = limits;
    }

    @Override
    public Reply<Birth> enqueue(NewTask task) {
        List<Object> arguments = new ArrayList<>();
        StoreLimits now = limits.current();
        NewTask.Key key = task.key();
        arguments.add(now.tasksMax());
        arguments.add(key == null ? "" : key.key());
        arguments.add(key == null ? "" : key.bodySha256());
        arguments.add(
                key == null || key.ttlMicros() == 0 ? now.idempotencyTtlMicros() : key.ttlMicros());
        arguments.add(now.idempotencyKeysMax());
        arguments.add(task.sessionId() == null ? "" : task.sessionId());
        arguments.add(now.sessionTtlMicros());
        arguments.add(now.sessionsMax());
        TaskStatus status = task.terminal() == null ? TaskStatus.ENQUEUED : task.terminal();
        arguments.add(task.type().code());
        arguments.add(status.code());
        arguments.add(task.detailsJson());
        if (task.indexUid() != null) {
            arguments.add("index_uid");
            arguments.add(task.indexUid());
        }
        if (task.errorJson() != null) {
            arguments.add("error_json");
            arguments.add(task.errorJson());
        }
        return writes.write(RedisTasks::birth, RedisScript.ENQUEUE_TASK, arguments.toArray());
    }

    private static Birth birth(Object answer) {
        return switch ((int) RedisAnswer.numberAt(answer, 0)) {
            case 1 ->
                    new Birth.Enqueued(
                            RedisAnswer.numberAt(answer, 1), RedisAnswer.numberAt(answer, 2));
            case 2 -> new Birth.AlreadyBound(RedisAnswer.numberAt(answer, 1));
            case 3 -> new Birth.KeyReused();
            default -> new Birth.Full(Math.toIntExact(RedisAnswer.numberAt(answer, 1)));
        };
    }

    @Override
    public Reply<Step> started(long uid, long epoch) {
        outsideLanes(epoch);
        return writes.write(RedisTasks::step, RedisScript.START_TASK, uid);
    }

    @Override
    public Reply<Step> finish(Finish finish) {
        outsideLanes(finish.epoch());
        if (!finish.effects().isEmpty()) {
            throw new UnsupportedOperationException("effects on the catalogue");
        }
        List<Object> arguments = new ArrayList<>();
        arguments.add(finish.uid());
        arguments.add(finish.status().code());
        field(arguments, "details_json", finish.detailsJson());
        field(arguments, "error_json", finish.errorJson());
        field(arguments, "canceled_by", finish.canceledBy());
        return writes.write(RedisTasks::step, RedisScript.FINISH_TASK, arguments.toArray());
    }

    @Override
    public Reply<Integer> delete(List<Long> uids) {
        return writes.write(RedisAnswer::count, RedisScript.DELETE_TASKS, uids.toArray());
    }

    @Override
    public Optional<TaskRow> get(ReadLevel level, long uid) {
        return reads.hash(KEY + uid).row(fields -> row(uid, fields));
    }

    @Override
    public TaskPage list(ReadLevel level, TaskQuery query) {
        if (query.equals(TaskQuery.newest(query.limit()))) {
            List<String> uids = uids(false, query.limit());
            List<TaskRow> rows = rows(uids);
            long total = (Long) RedisRows.present(reads.read(Protocol.Command.ZCARD, INDEX));
            return page(rows, query, total);
        }
        List<TaskRow> matching =
                rows(uids(query.reverse(), -1)).stream().filter(query::matches).toList();
        Long from = query.from();
        List<TaskRow> rest =
                matching.stream()
                        .filter(row -> from == null || reached(query, row.uid(), from))
                        .toList();
        return page(rest, query, matching.size());
    }

    private static boolean reached(TaskQuery query, long uid, long from) {
        return query.reverse() ? uid >= from : uid <= from;
    }

    /** The first rows, and the uid of the one that follows them. */
    private static TaskPage page(List<TaskRow> rows, TaskQuery query, long total) {
        boolean more = rows.size() > query.limit();
        return more
                ? new TaskPage(rows.subList(0, query.limit()), rows.get(query.limit()).uid(), total)
                : new TaskPage(rows, null, total);
    }

    /** All of them (-1), or the first few and one more. */
    private List<String> uids(boolean oldestFirst, int last) {
        ProtocolCommand range = oldestFirst ? Protocol.Command.ZRANGE : Protocol.Command.ZREVRANGE;
        List<?> uids = (List<?>) RedisRows.present(reads.read(range, INDEX, 0, last));
        return uids.stream().map(RedisConnections::text).toList();
    }

    private List<TaskRow> rows(List<String> uids) {
        List<Object> hashes =
                reads.readAll(
                        Protocol.Command.HGETALL, uids.stream().map(uid -> KEY + uid).toList());
        List<TaskRow> rows = new ArrayList<>();
        for (int i = 0; i < uids.size(); i++) {
            long uid = Long.parseLong(uids.get(i));
            RedisHash.of(hashes.get(i)).row(fields -> row(uid, fields)).ifPresent(rows::add);
        }
        return rows;
    }

    @Override
    public TaskUids uids(ReadLevel level, TaskQuery query) {
        TaskPage page = list(level, query);
        List<Long> uids = page.tasks().stream().map(TaskRow::uid).toList();
        return new TaskUids(uids, page.next(), page.total());
    }

    @Override
    public List<TaskRow> unfinished(ReadLevel level, String lane) {
        throw new UnsupportedOperationException("lanes");
    }

    @Override
    public List<TaskRow> ended(ReadLevel level, long sinceMicros, int limit) {
        Comparator<TaskRow> order =
                Comparator.comparingLong(RedisTasks::endedAt).thenComparingLong(TaskRow::uid);
        return rows(uids(true, -1)).stream()
                .filter(row -> row.status().terminal() && endedAt(row) >= sinceMicros)
                .sorted(order)
                .limit(limit)
                .toList();
    }

    private static long endedAt(TaskRow row) {
        return Objects.requireNonNull(row.dates().finishedAt());
    }

    private static TaskRow row(long uid, RedisHash fields) {
        return new TaskRow(
                uid,
                fields.numberOrNull("batch_uid"),
                fields.textOrNull("index_uid"),
                TaskType.ofCode((int) fields.number("type")),
                TaskStatus.ofCode((int) fields.number("status")),
                fields.numberOrNull("canceled_by"),
                fields.text("details_json"),
                fields.textOrNull("error_json"),
                new TaskRow.Dates(
                        fields.number("enqueued_at"),
                        fields.numberOrNull("started_at"),
                        fields.numberOrNull("finished_at")),
                null,
                List.of());
    }

    private static void field(List<Object> arguments, String name, @Nullable Object value) {
        if (value != null) {
            arguments.add(name);
            arguments.add(value);
        }
    }

    private static void outsideLanes(long epoch) {
        if (epoch != Finish.NO_LANE) {
            throw new UnsupportedOperationException("lanes");
        }
    }

    private static Step step(Object answer) {
        long code = RedisAnswer.number(answer);
        if (code == STEPPED) {
            return new Step.Stepped();
        }
        return code == NONE
                ? new Step.NoSuchTask()
                : new Step.AlreadyFinished(TaskStatus.ofCode((int) code));
    }
}
