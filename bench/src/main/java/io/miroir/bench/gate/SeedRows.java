package io.miroir.bench.gate;

import io.miroir.store.Reply;
import io.miroir.store.TaskStore;
import io.miroir.store.adminsession.AdminSessionRow;
import io.miroir.store.alias.AliasRow;
import io.miroir.store.alias.Aliases;
import io.miroir.store.canary.CanaryRow;
import io.miroir.store.canary.CanaryRunStatus;
import io.miroir.store.job.NewJob;
import io.miroir.store.limit.StoreLimits;
import io.miroir.store.rollover.RolloverPolicyRow;
import io.miroir.store.searchui.SearchUiConfigRow;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.tenant.TenantRow;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The 14 tables with as many rows as the upstream project counts on, each about as large as it says
 * there ("Redis memory accounting"), where the store's rows have fields for it.
 *
 * @param table its name, on both sides
 * @param rows of it
 * @param write writes the row with this number
 */
record SeedRows(String table, int rows, BiFunction<TaskStore, Integer, Reply<?>> write) {
    private static final int WRITERS = 64;
    private static final int CANARIES = 50;
    private static final int RUNS_OF_A_CANARY = 200;
    private static final int TASKS = 10_000;
    private static final long DAY_MICROS = 86_400_000_000L;
    private static final String HASH = "ab".repeat(28);

    /** In an order in which rows are there before others name them. */
    static final List<SeedRows> ALL =
            List.of(
                    // With their keys: a key is written by the task that bears it.
                    new SeedRows("tasks", TASKS, SeedRows::task),
                    new SeedRows("node_settings_version", 500, SeedRows::nodeSettings),
                    new SeedRows("aliases", 100, SeedRows::alias),
                    new SeedRows("sessions", 1_000, SeedRows::session),
                    new SeedRows("jobs", 1_000, SeedRows::job),
                    new SeedRows("leader_lease", 1, SeedRows::lease),
                    new SeedRows("canaries", CANARIES, SeedRows::canary),
                    new SeedRows("canary_runs", CANARIES * RUNS_OF_A_CANARY, SeedRows::run),
                    new SeedRows("cdc_cursors", 100, SeedRows::cursor),
                    new SeedRows("tenant_map", 100, SeedRows::tenant),
                    new SeedRows("rollover_policies", 50, SeedRows::policy),
                    new SeedRows("search_ui_config", 100, SeedRows::searchUi),
                    new SeedRows("admin_sessions", 100, SeedRows::adminSession));

    /** Their names; the keys of writes have one too. */
    static List<String> tables() {
        return Stream.concat(ALL.stream().map(SeedRows::table), Stream.of("idempotency_cache"))
                .toList();
    }

    static int rowsOf(String table) {
        return ALL.stream()
                .filter(seed -> seed.table().equals(table))
                .mapToInt(SeedRows::rows)
                .findFirst()
                .orElse(TASKS);
    }

    /** All of them, on an empty store. */
    static void fill(TaskStore store) {
        StoreLimits limits = limits(StoreLimits.DEFAULT.tasksMax(), RUNS_OF_A_CANARY);
        store.limits().set(limits, 1).orThrow();
        ALL.forEach(seed -> seed.writeAll(store));
    }

    private void writeAll(TaskStore store) {
        try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
            List<? extends Future<?>> written =
                    IntStream.range(0, rows)
                            .mapToObj(i -> writers.submit(() -> write.apply(store, i).orThrow()))
                            .toList();
            for (Future<?> each : written) {
                each.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a row of " + table, e);
        }
    }

    /** The defaults but for these. */
    static StoreLimits limits(int tasksMax, int canaryRunsMax) {
        StoreLimits old = StoreLimits.DEFAULT;
        return new StoreLimits(
                tasksMax,
                old.taskRetentionMicros(),
                old.idempotencyKeysMax(),
                old.idempotencyTtlMicros(),
                old.sessionsMax(),
                old.sessionTtlMicros(),
                old.jobsMax(),
                old.jobRetentionMicros(),
                old.aliasHistoryMax(),
                canaryRunsMax,
                old.cdcOverflowBytesMax(),
                old.rateBucketsMax());
    }

    private static Reply<?> task(TaskStore store, int number) {
        NewTask.Key key =
                new NewTask.Key("4f6c0e1a-0000-4000-8000-%012d".formatted(number), hash(number), 0);
        return store.tasks()
                .enqueue(
                        new NewTask(
                                TaskType.DOCUMENT_ADDITION_OR_UPDATE,
                                "index-" + number % 100,
                                json(380),
                                TaskStatus.SUCCEEDED,
                                null,
                                key,
                                null));
    }

    private static Reply<?> nodeSettings(TaskStore store, int number) {
        return store.nodeSettings().advance("index-" + number / 5, "node-" + number % 5, 7);
    }

    private static Reply<?> alias(TaskStore store, int number) {
        return store.aliases()
                .flip(
                        "alias-" + number,
                        AliasRow.Kind.SINGLE,
                        List.of("index-" + number + "-2026-11-26"),
                        Aliases.ANY_VERSION);
    }

    private static Reply<?> session(TaskStore store, int number) {
        return store.sessions().pin("session-" + hash(number), number % 2, 7);
    }

    private static Reply<?> job(TaskStore store, int number) {
        return store.jobs()
                .enqueue(List.of(NewJob.of("job-" + hash(number), "dump_import", json(250))));
    }

    private static Reply<?> lease(TaskStore store, int number) {
        return store.leases().take("coordinator-" + number, "pod-0", DAY_MICROS);
    }

    private static Reply<?> canary(TaskStore store, int number) {
        return store.canaries()
                .put(
                        new CanaryRow(
                                "canary-" + number,
                                "canary " + number,
                                "index-" + number,
                                60,
                                json(120),
                                json(100),
                                true,
                                0));
    }

    private static Reply<?> run(TaskStore store, int number) {
        return store.canaryRuns()
                .record("canary-" + number % CANARIES, CanaryRunStatus.FAIL, 12, json(120));
    }

    private static Reply<?> cursor(TaskStore store, int number) {
        return store.cdcCursors().advance("sink-" + number % 3, "index-" + number, 0, 1_000);
    }

    private static Reply<?> tenant(TaskStore store, int number) {
        return store.tenants().put(new TenantRow(hash(number), "tenant-" + number, number % 2));
    }

    private static Reply<?> policy(TaskStore store, int number) {
        return store.rolloverPolicies()
                .put(
                        new RolloverPolicyRow(
                                "policy-" + number,
                                "logs-write-" + number,
                                "logs-read-" + number,
                                "logs-{YYYY-MM-DD}",
                                json(80),
                                json(50),
                                json(80),
                                true));
    }

    private static Reply<?> searchUi(TaskStore store, int number) {
        return store.searchUiConfigs()
                .put(new SearchUiConfigRow("index-" + number, json(2_000), 0));
    }

    private static Reply<?> adminSession(TaskStore store, int number) {
        return store.adminSessions()
                .put(
                        new AdminSessionRow(
                                "session-" + number,
                                "0123456789abcdef",
                                hash(0),
                                0,
                                store.nowMicros() + DAY_MICROS,
                                false,
                                "Mozilla/5.0 (X11; Linux x86_64)",
                                "192.0.2." + number));
    }

    /** 64 digits, as of a SHA-256. */
    private static String hash(int number) {
        return HASH + "%08x".formatted(number);
    }

    private static String json(int chars) {
        String words = "{\"words\":\"";
        return words
                + "lorem ipsum ".repeat(chars).substring(0, chars - words.length() - 2)
                + "\"}";
    }
}
