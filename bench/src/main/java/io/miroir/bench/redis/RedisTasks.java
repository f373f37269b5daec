package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.task.Finish;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskPage;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol;

/**
 * {@code miroir:tasks:<uid>} hashes and {@code miroir:tasks:_index}, a sorted set where the
 * keyspace has a plain one: a page of the newest would else read all.
 */
final class RedisTasks implements Tasks {
    private static final String INDEX = "miroir:tasks:_index";
    private static final long STEPPED = -1;
    private static final long NONE = -2;

    private final RedisPipeline writes;
    private final RedisPipeline reads;

    RedisTasks(RedisPipeline writes, RedisPipeline reads) {
        this.writes = writes;
        this.reads = reads;
    }

    @Override
    public Reply<Birth> enqueue(NewTask task) {
        List<Object> arguments = new ArrayList<>();
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
        return writes.write(
                answer -> {
                    List<?> parts = (List<?>) answer;
                    return new Birth.Enqueued((Long) parts.get(0), (Long) parts.get(1));
                },
                RedisScript.ENQUEUE_TASK,
                arguments.toArray());
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
        return writes.write(
                answer -> Math.toIntExact((Long) answer), RedisScript.DELETE_TASKS, uids.toArray());
    }

    @Override
    public Optional<TaskRow> get(ReadLevel level, long uid) {
        return row(uid, hash(reads.read(Protocol.Command.HGETALL, "miroir:tasks:" + uid)));
    }

    /** Only the newest tasks: the keyspace has no index for a filter. */
    @Override
    public TaskPage list(ReadLevel level, TaskQuery query) {
        if (!query.equals(TaskQuery.newest(query.limit()))) {
            throw new UnsupportedOperationException("filters");
        }
        List<?> uids = (List<?>) reads.read(Protocol.Command.ZREVRANGE, INDEX, 0, query.limit());
        List<TaskRow> rows = new ArrayList<>();
        Long next = null;
        for (Object uid : uids == null ? List.of() : uids) {
            long number = Long.parseLong(RedisConnections.text(uid));
            if (rows.size() == query.limit()) {
                next = number;
            } else {
                get(level, number).ifPresent(rows::add);
            }
        }
        long total = (Long) RedisRows.present(reads.read(Protocol.Command.ZCARD, INDEX));
        return new TaskPage(rows, next, total);
    }

    @Override
    public TaskUids uids(ReadLevel level, TaskQuery query) {
        throw new UnsupportedOperationException("filters");
    }

    @Override
    public List<TaskRow> unfinished(ReadLevel level, String lane) {
        throw new UnsupportedOperationException("lanes");
    }

    /** A flat list of names and values, as Redis answers. */
    static Map<String, String> hash(@Nullable Object answer) {
        Map<String, String> fields = new HashMap<>();
        List<?> flat = answer == null ? List.of() : (List<?>) answer;
        for (int i = 0; i < flat.size(); i += 2) {
            fields.put(RedisConnections.text(flat.get(i)), RedisConnections.text(flat.get(i + 1)));
        }
        return fields;
    }

    private static Optional<TaskRow> row(long uid, Map<String, String> fields) {
        if (fields.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new TaskRow(
                        uid,
                        number(fields, "batch_uid"),
                        fields.get("index_uid"),
                        TaskType.ofCode((int) required(fields, "type")),
                        TaskStatus.ofCode((int) required(fields, "status")),
                        number(fields, "canceled_by"),
                        fields.getOrDefault("details_json", "{}"),
                        fields.get("error_json"),
                        new TaskRow.Dates(
                                required(fields, "enqueued_at"),
                                number(fields, "started_at"),
                                number(fields, "finished_at")),
                        null));
    }

    /** Redis' Lua prints a large number with an exponent. */
    private static @Nullable Long number(Map<String, String> fields, String name) {
        String text = fields.get(name);
        return text == null ? null : (long) Double.parseDouble(text);
    }

    private static long required(Map<String, String> fields, String name) {
        return (long) Double.parseDouble(fields.getOrDefault(name, "0"));
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
        long code = (Long) answer;
        if (code == STEPPED) {
            return new Step.Stepped();
        }
        return code == NONE
                ? new Step.NoSuchTask()
                : new Step.AlreadyFinished(TaskStatus.ofCode((int) code));
    }
}
