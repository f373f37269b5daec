package io.miroir.raft;

import io.miroir.store.Digests;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.TaskStore;
import io.miroir.store.engine.Batcher;
import io.miroir.store.seal.Seals;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import io.prometheus.client.CollectorRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A member, or the store of a single pod, in a process of its own, told on standard input what to
 * do, one line a word and its arguments; it ends with its parent, and like a pod when its store
 * can't go on.
 */
final class MemberProcess {
    /** Exit code when the store can't go on. */
    static final int STORE_FAILED = 3;

    /** System property: how long a call waits for an outcome. */
    static final String DEADLINE_MILLIS = "miroir.deadlineMillis";

    private MemberProcess() {}

    /**
     * Arguments: id, data directory, then id, port and {@code voter} or not of each peer. Without
     * peers it is a single pod's store.
     */
    public static void main(String[] arguments) throws IOException {
        TaskStore store = arguments.length == 2 ? single(arguments) : member(arguments);
        System.out.println("> ready");
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println("> " + answer(store, line.split(" ")));
        }
        Runtime.getRuntime().halt(0);
    }

    private static TaskStore single(String[] arguments) {
        return new SqliteTaskStore(
                new SqliteStoreConfig(arguments[0], Path.of(arguments[1]), limits(), Seals.NONE),
                InstantSource.system(),
                new CollectorRegistry(),
                _ -> Runtime.getRuntime().halt(STORE_FAILED));
    }

    private static Batcher.Limits limits() {
        return Group.limits(Integer.getInteger(DEADLINE_MILLIS, 10_000));
    }

    private static TaskStore member(String[] arguments) {
        List<RaftStoreConfig.Peer> peers = new ArrayList<>();
        for (int i = 2; i < arguments.length; i += 3) {
            int port = Integer.parseInt(arguments[i + 1]);
            boolean voter = arguments[i + 2].equals("voter");
            peers.add(new RaftStoreConfig.Peer(arguments[i], "127.0.0.1", port, "", voter));
        }
        RaftStoreConfig config =
                new RaftStoreConfig(
                        arguments[0],
                        Path.of(arguments[1]),
                        peers,
                        "127.0.0.1",
                        limits(),
                        // On a busy disk a look takes a second: tests don't wait for twenty more.
                        new RaftStoreConfig.Tuning(500, 1_000, 100, 300_000, 64 << 10, 1));
        return new RaftTaskStore(
                config,
                new RaftTaskStore.Surroundings(
                        InstantSource.system(),
                        new Random(),
                        new CollectorRegistry(),
                        _ -> Runtime.getRuntime().halt(STORE_FAILED)));
    }

    private static String answer(TaskStore store, String[] words) {
        return switch (words[0]) {
            case "enqueue" -> enqueue(store, number(words, 1), number(words, 2));
            case "has" -> has(store, Long.parseLong(words[1]));
            case "flip-in-term" -> flip(store, Long.parseLong(words[1]));
            case "join" -> join(store, words[1], number(words, 2));
            case "role" -> store.status().role() + " " + store.status().term();
            case "acknowledged" ->
                    membership(store)
                            .acknowledged(words[1], Long.parseLong(words[2]))
                            .map(t -> t.term() + " " + t.index() + " " + t.entryTerm())
                            .orElse("unknown");
            case "digest" -> {
                Digests digests = store.digests();
                yield digests.appliedIndex() + " " + digests.sha256ByTable();
            }
            default -> "what?";
        };
    }

    private static Membership membership(TaskStore store) {
        return ((RaftTaskStore) store).membership();
    }

    private static int number(String[] words, int at) {
        return Integer.parseInt(words[at]);
    }

    /** Tasks one after the other, each an entry of its own; their uids up to the first refusal. */
    private static String enqueue(TaskStore store, int tasks, int bytes) {
        NewTask task = NewTask.of(TaskType.DUMP_CREATION, null, "x".repeat(bytes), null, null);
        StringBuilder uids = new StringBuilder("uids");
        for (int i = 0; i < tasks; i++) {
            switch (store.tasks().enqueue(task)) {
                case Reply.Applied<Tasks.Birth>(_, Tasks.Birth.Enqueued born) ->
                        uids.append(' ').append(born.uid());
                case Reply.Applied<Tasks.Birth> other -> {
                    return uids + " " + other.outcome();
                }
                case Reply.Refused<Tasks.Birth> refused -> {
                    return uids + " " + refused.refusal().message();
                }
            }
        }
        return uids.toString();
    }

    /** What a reader of this pod is told who must see all that was acknowledged. */
    private static String has(TaskStore store, long uid) {
        try {
            return store.tasks().get(ReadLevel.LINEARIZABLE, uid).isPresent() ? "yes" : "no";
        } catch (StoreUnavailableException e) {
            return "unavailable";
        }
    }

    /** What a leader's duty of that term is told. */
    private static String flip(TaskStore store, long term) {
        return switch (store.fencedBy(term).aliases().delete("nobody")) {
            case Reply.Applied<Boolean> _ -> "done";
            case Reply.Refused<Boolean> refused -> refused.refusal().getClass().getSimpleName();
        };
    }

    private static String join(TaskStore store, String id, int port) {
        Member pod = new RaftStoreConfig.Peer(id, "127.0.0.1", port, "", false).member();
        return membership(store).change(new MemberChange.Join(pod)).getClass().getSimpleName();
    }
}
