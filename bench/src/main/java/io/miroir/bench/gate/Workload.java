package io.miroir.bench.gate;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.Role;
import io.miroir.store.Rooms;
import io.miroir.store.StoreStatus;
import io.miroir.store.TaskStore;
import io.miroir.store.adminsession.AdminSessionRow;
import io.miroir.store.alias.AliasRow;
import io.miroir.store.alias.Aliases;
import io.miroir.store.lease.Leases;
import io.miroir.store.limit.Limits;
import io.miroir.store.limit.LimitsRow;
import io.miroir.store.limit.StoreLimits;
import io.miroir.store.task.Finish;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** What a measurement does again and again, on whichever store. */
final class Workload {
    /** Aliases and sessions that are there for reads. */
    static final int SMALL_TABLE_ROWS = 100;

    private static final int UNFINISHED_MAX = 200_000;
    private static final int BATCH = 100;
    private static final int INSERTERS = 1_024;

    /** Each has an alias, a lease and a session of its own in {@link #churn}. */
    private static final int CHURNERS = 512;

    private static final long RETRY_NANOS = 1_000_000;
    private static final long LEASE_MICROS = 10_000_000;

    private final TaskStore store;
    private final Queue<Long> enqueued = new ArrayBlockingQueue<>(UNFINISHED_MAX);
    private final Queue<Long> started = new ArrayBlockingQueue<>(UNFINISHED_MAX);
    private final AtomicLong lastUid = new AtomicLong();
    private final AtomicLong numbers = new AtomicLong();

    private volatile @Nullable Duties duties;

    /** What duties have from the beginning of their term. */
    private record Duties(Leases leases, String podId) {}

    /** The operations. */
    enum Kind {
        INSERT_TASK,
        UPDATE_STATUS,
        TAKE_DUTY,
        ALIAS_FLIP,
        BATCH100,
        TASK_BY_ID_LOCAL,
        TASK_BY_ID_LINEARIZABLE,
        LIST_ALIASES_LOCAL,
        LIST_ALIASES_LINEARIZABLE,
        SESSION_CHECK_LOCAL,
        SESSION_CHECK_LINEARIZABLE
    }

    Workload(TaskStore store) {
        this.store = store;
    }

    /**
     * Once.
     *
     * @param worker number of the caller: rows of its own, as callers have that don't compete
     * @return whether it was acknowledged
     */
    boolean run(Kind kind, int worker) {
        return switch (kind) {
            case INSERT_TASK -> insertTask();
            case UPDATE_STATUS -> updateStatus();
            case TAKE_DUTY -> takeDuty(worker);
            case ALIAS_FLIP -> flipAlias("alias-" + worker);
            case BATCH100 -> batch();
            case TASK_BY_ID_LOCAL -> taskById(ReadLevel.LOCAL);
            case TASK_BY_ID_LINEARIZABLE -> taskById(ReadLevel.LINEARIZABLE);
            case LIST_ALIASES_LOCAL -> !store.aliases().list(ReadLevel.LOCAL).isEmpty();
            case LIST_ALIASES_LINEARIZABLE ->
                    !store.aliases().list(ReadLevel.LINEARIZABLE).isEmpty();
            case SESSION_CHECK_LOCAL -> sessionCheck(ReadLevel.LOCAL);
            case SESSION_CHECK_LINEARIZABLE -> sessionCheck(ReadLevel.LINEARIZABLE);
        };
    }

    /** Rows that reads look for. */
    void prepareReads() {
        for (int i = 0; i < SMALL_TABLE_ROWS; i++) {
            insertTask();
            flipAlias("read-alias-" + i);
            store.adminSessions().put(session(i)).orThrow();
        }
    }

    /** Tasks to be taken a step further, so that updates measure nothing else. */
    void prepareUpdates(int steps) {
        insert(steps / 2 - enqueued.size() - started.size());
    }

    /** So many tasks, from many callers; each is tried until it is acknowledged. */
    void insert(int tasks) {
        repeat(tasks, INSERTERS, _ -> insertTask());
    }

    /**
     * So many commands, from many callers, that leave no more rows than there were: tasks that are
     * over at once, of which the store keeps its cap; aliases, leases and sessions again and again.
     */
    void churn(int commands) {
        repeat(
                commands,
                CHURNERS,
                caller ->
                        switch ((int) (numbers.incrementAndGet() % 4)) {
                            case 0 -> insertTask(TaskStatus.SUCCEEDED);
                            case 1 -> takeDuty(caller);
                            case 2 -> flipAlias("alias-" + caller);
                            default ->
                                    store.sessions().touch("session-" + caller)
                                            instanceof Reply.Applied<?>;
                        });
    }

    /** No more tasks than these from now on: what is finished longest makes room. */
    void keepTasks(int tasksMax) {
        LimitsRow old = store.limits().get(ReadLevel.LINEARIZABLE);
        StoreLimits limits = SeedRows.limits(tasksMax, StoreLimits.DEFAULT.canaryRunsMax());
        if (!(store.limits().set(limits, old.version()).orThrow() instanceof Limits.Setting.Set)) {
            throw new IllegalStateException("somebody else sets limits");
        }
    }

    /** Each time until it is acknowledged. */
    private static void repeat(int times, int callers, IntPredicate operation) {
        AtomicInteger left = new AtomicInteger(times);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // No more than there is to do: a store that has just started pays for each of them.
            for (int i = 0; i < Math.min(times, callers); i++) {
                int caller = i;
                threads.execute(
                        () -> {
                            while (left.getAndDecrement() > 0) {
                                while (!operation.test(caller)) {
                                    LockSupport.parkNanos(RETRY_NANOS);
                                }
                            }
                        });
            }
        }
    }

    private boolean insertTask() {
        return insertTask(null);
    }

    private boolean insertTask(@Nullable TaskStatus end) {
        String details =
                "{\"receivedDocuments\":1,\"indexedDocuments\":null,\"indexUid\":\"movies\",\"n\":\""
                        + numbers.incrementAndGet()
                        + "\",\"note\":\"about as long as the details of a task are in a log that"
                        + " real clients wrote\"}";
        Reply<Tasks.Birth> reply =
                store.tasks()
                        .enqueue(
                                NewTask.of(
                                        TaskType.DOCUMENT_ADDITION_OR_UPDATE,
                                        "movies",
                                        details,
                                        end,
                                        null));
        if (reply instanceof Reply.Applied<Tasks.Birth> applied
                && applied.outcome() instanceof Tasks.Birth.Enqueued born) {
            if (end == null) {
                enqueued.offer(born.uid());
            }
            lastUid.accumulateAndGet(born.uid(), Math::max);
            return true;
        }
        return false;
    }

    /** First a task's end, if one is processing, else a task's start. */
    private boolean updateStatus() {
        Long uid = started.poll();
        if (uid != null) {
            Finish end =
                    Finish.of(
                            uid,
                            Finish.NO_LANE,
                            TaskStatus.SUCCEEDED,
                            "{\"receivedDocuments\":1,\"indexedDocuments\":1}",
                            null,
                            List.of());
            return store.tasks().finish(end) instanceof Reply.Applied<?>;
        }
        uid = enqueued.poll();
        if (uid == null) {
            throw new IllegalStateException("no task is left to update");
        }
        boolean stepped = store.tasks().started(uid, Finish.NO_LANE) instanceof Reply.Applied<?>;
        started.offer(uid);
        return stepped;
    }

    /** A leader writes under its term; another pod takes what is free. */
    private boolean takeDuty(int worker) {
        Duties known = duties;
        if (known == null) {
            StoreStatus status = store.status();
            boolean leads = status.role() == Role.LEADER;
            Rooms rooms = leads ? store.fencedBy(status.term()) : store.rooms();
            known = new Duties(rooms.leases(), status.podId());
            duties = known;
        }
        // Names of this pod's own: what another one still holds would be refused, and cost less.
        String name = "reshard:" + known.podId() + "-" + worker;
        if (known.leases().take(name, known.podId(), LEASE_MICROS)
                        instanceof Reply.Applied<Leases.Taking> applied
                && applied.outcome() instanceof Leases.Taking.Taken) {
            return true;
        }
        duties = null;
        return false;
    }

    private boolean flipAlias(String name) {
        List<String> targets = List.of("movies_v" + numbers.incrementAndGet());
        return store.aliases().flip(name, AliasRow.Kind.SINGLE, targets, Aliases.ANY_VERSION)
                instanceof Reply.Applied<?>;
    }

    private boolean batch() {
        AtomicBoolean all = new AtomicBoolean(true);
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            callers.add(
                    Thread.startVirtualThread(
                            () -> {
                                if (!insertTask()) {
                                    all.set(false);
                                }
                            }));
        }
        try {
            for (Thread caller : callers) {
                caller.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return all.get();
    }

    private boolean taskById(ReadLevel level) {
        long uid = ThreadLocalRandom.current().nextLong(lastUid.get() + 1);
        return store.tasks().get(level, uid).isPresent();
    }

    private boolean sessionCheck(ReadLevel level) {
        int number = ThreadLocalRandom.current().nextInt(SMALL_TABLE_ROWS);
        @Nullable AdminSessionRow row =
                store.adminSessions().get(level, "session-" + number).orElse(null);
        return row != null && !row.revoked() && row.expiresAt() > store.nowMicros();
    }

    private AdminSessionRow session(int number) {
        long now = store.nowMicros();
        return new AdminSessionRow(
                "session-" + number,
                "csrf-" + "0123456789abcdef".repeat(2),
                "ab".repeat(32),
                now,
                now + 86_400_000_000L,
                false,
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0)",
                "192.0.2." + number);
    }
}
