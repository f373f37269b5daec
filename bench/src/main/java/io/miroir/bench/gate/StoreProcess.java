package io.miroir.bench.gate;

import io.miroir.bench.redis.RedisSetup;
import io.miroir.bench.redis.RedisTaskStore;
import io.miroir.raft.Member;
import io.miroir.raft.MemberChange;
import io.miroir.raft.RaftStoreConfig;
import io.miroir.raft.RaftTaskStore;
import io.miroir.store.StoreStatus;
import io.miroir.store.TaskStore;
import io.miroir.store.backup.OnlineBackup;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;

/**
 * A pod that is nothing but its store, in a process of its own, told on standard input what to do.
 * It ends with whoever started it. Arguments: {@code raft CLUSTER ID DIR ID PORT ...} for the peers
 * ({@code newcomer} instead of {@code raft}: this one has no vote), {@code single ID DIR}, {@code
 * redis SETUP}, or {@code none}.
 *
 * <p>Words, each answered by one line that begins with {@code "> "}: {@code status}, {@code closed
 * KIND CALLERS MILLIS}, {@code open KIND PER_SECOND MILLIS}, {@code churn COMMANDS}, {@code keep
 * TASKS}, {@code prepare-reads}, {@code prepare-updates STEPS}, {@code insert TASKS}, {@code copy
 * FILE}, {@code backup FILE}, {@code join ID PORT}, {@code promote ID}, {@code gap MILLIS}, {@code
 * digest}, {@code close}.
 */
final class StoreProcess {
    private StoreProcess() {}

    /** Runs until its input ends. */
    public static void main(String[] arguments) throws IOException {
        TaskStore store =
                switch (arguments[0]) {
                    case "raft", "newcomer" -> raft(arguments);
                    case "single" -> single(arguments[1], Path.of(arguments[2]));
                    case "redis" -> RedisTaskStore.open(RedisSetup.of(arguments[1]));
                    case "none" -> null;
                    default -> throw new IllegalArgumentException(arguments[0]);
                };
        System.out.println("> ready");
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Workload workload = store == null ? null : new Workload(store);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String answer = "nothing";
            if (store != null && workload != null) {
                try {
                    answer = answer(store, workload, line.split(" ", -1));
                } catch (RuntimeException e) {
                    e.printStackTrace();
                    answer = "failed " + e;
                }
            }
            System.out.println("> " + answer.replace('\n', ' '));
        }
        Runtime.getRuntime().halt(0);
    }

    private static TaskStore raft(String[] arguments) {
        List<RaftStoreConfig.Peer> peers = new ArrayList<>();
        String self = arguments[2];
        for (int i = 4; i < arguments.length; i += 2) {
            int port = Integer.parseInt(arguments[i + 1]);
            String id = arguments[i];
            boolean voter = arguments[0].equals("raft") || !id.equals(self);
            peers.add(new RaftStoreConfig.Peer(id, "127.0.0.1", port, "", voter));
        }
        return new RaftTaskStore(
                RaftStoreConfig.of(
                        self,
                        Path.of(arguments[3]),
                        UUID.fromString(arguments[1]),
                        peers,
                        "127.0.0.1"),
                new RaftTaskStore.Surroundings(
                        InstantSource.system(),
                        new Random(),
                        new CollectorRegistry(),
                        StoreProcess::end));
    }

    private static TaskStore single(String id, Path dir) {
        return new SqliteTaskStore(
                SqliteStoreConfig.of(id, dir),
                InstantSource.system(),
                new CollectorRegistry(),
                StoreProcess::end);
    }

    private static void end(Throwable failure) {
        failure.printStackTrace();
        Runtime.getRuntime().halt(70);
    }

    private static String answer(TaskStore store, Workload workload, String[] words) {
        return switch (words[0]) {
            case "status" -> {
                StoreStatus status = store.status();
                yield status.role() + " " + status.term() + " " + status.appliedIndex();
            }
            case "closed" -> {
                Workload.Kind kind = kind(words[1]);
                yield Load.closed(
                                caller -> workload.run(kind, caller),
                                Integer.parseInt(words[2]),
                                Long.parseLong(words[3]))
                        .text();
            }
            case "open" -> {
                Workload.Kind kind = kind(words[1]);
                yield Load.open(
                                call -> workload.run(kind, call),
                                Integer.parseInt(words[2]),
                                Long.parseLong(words[3]))
                        .text();
            }
            case "prepare-reads" -> {
                workload.prepareReads();
                yield "done";
            }
            case "prepare-updates" -> {
                workload.prepareUpdates(Integer.parseInt(words[1]));
                yield "done";
            }
            case "insert" -> {
                workload.insert(Integer.parseInt(words[1]));
                yield "done";
            }
            case "churn" -> {
                workload.churn(Integer.parseInt(words[1]));
                yield "done";
            }
            case "keep" -> {
                workload.keepTasks(Integer.parseInt(words[1]));
                yield "done";
            }
            case "join" -> {
                Member newcomer = new Member(words[1], "127.0.0.1:" + words[2], "", false);
                yield change(store, new MemberChange.Join(newcomer));
            }
            case "promote" -> change(store, new MemberChange.Promote(words[1]));
            case "copy" -> String.valueOf(copyMillis(store, Path.of(words[1])));
            case "backup" -> {
                backup(store, Path.of(words[1]));
                yield "done";
            }
            case "gap" -> String.valueOf(longestGapMillis(workload, Long.parseLong(words[1])));
            case "digest" -> store.digests().toString();
            case "close" -> {
                store.close();
                yield "closed";
            }
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private static String change(TaskStore store, MemberChange change) {
        return ((RaftTaskStore) store).membership().change(change).toString();
    }

    private static void backup(TaskStore store, Path file) {
        OnlineBackup backup = new OnlineBackup(store, file.resolveSibling(""), "");
        try (OutputStream out = Files.newOutputStream(file)) {
            switch (backup.take()) {
                case OnlineBackup.Taken.Copy copy -> {
                    try (copy) {
                        copy.writeTo(out);
                    }
                }
                case OnlineBackup.Taken.Busy busy -> throw new IllegalStateException("" + busy);
                case OnlineBackup.Taken.NoRoom no -> throw new IllegalStateException("" + no);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    /** The longest time without an acknowledgement while 16 callers keep on asking. */
    private static double longestGapMillis(Workload workload, long millis) {
        Object lock = new Object();
        long startNanos = System.nanoTime();
        long[] lastAndLongest = {startNanos, 0};
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 16; i++) {
                int caller = i;
                callers.execute(
                        () -> {
                            while (System.nanoTime() - startNanos < millis * 1_000_000) {
                                if (workload.run(Workload.Kind.INSERT_TASK, caller)) {
                                    synchronized (lock) {
                                        long now = System.nanoTime();
                                        long gap = now - lastAndLongest[0];
                                        lastAndLongest[0] = now;
                                        lastAndLongest[1] = Math.max(lastAndLongest[1], gap);
                                    }
                                }
                            }
                        });
            }
        }
        long unanswered = startNanos + millis * 1_000_000 - lastAndLongest[0];
        return Math.max(lastAndLongest[1], unanswered) / 1e6;
    }

    private static double copyMillis(TaskStore store, Path file) {
        long start = System.nanoTime();
        try {
            store.copyTo(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
        return (System.nanoTime() - start) / 1e6;
    }

    private static Workload.Kind kind(String word) {
        return Workload.Kind.valueOf(word.toUpperCase(Locale.ROOT));
    }
}
