package io.miroir.raft;

import io.miroir.store.Digests;
import io.miroir.store.Reply;
import io.miroir.store.TaskStore;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A member in a process of its own, told on standard input what to do; it ends with its parent.
 * Words: {@code enqueue}, {@code role}, {@code digest}.
 */
final class MemberProcess {
    private MemberProcess() {}

    /** Arguments: id, data directory, then id and port of each peer. */
    public static void main(String[] arguments) throws IOException {
        List<RaftStoreConfig.Peer> peers = new ArrayList<>();
        for (int i = 2; i < arguments.length; i += 2) {
            int port = Integer.parseInt(arguments[i + 1]);
            peers.add(new RaftStoreConfig.Peer(arguments[i], "127.0.0.1", port));
        }
        RaftStoreConfig config =
                new RaftStoreConfig(
                        arguments[0],
                        Path.of(arguments[1]),
                        peers,
                        "127.0.0.1",
                        Group.limits(10_000),
                        new RaftStoreConfig.Tuning(500, 1_000, 100, 64 << 10));
        TaskStore store = Group.open(config);
        System.out.println("> ready");
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String word = in.readLine(); word != null; word = in.readLine()) {
            System.out.println("> " + answer(store, word));
        }
        Runtime.getRuntime().halt(0);
    }

    private static String answer(TaskStore store, String word) {
        return switch (word) {
            case "enqueue" -> enqueue(store);
            case "role" -> store.status().role().name();
            case "digest" -> {
                Digests digests = store.digests();
                yield digests.appliedIndex() + " " + digests.sha256ByTable();
            }
            default -> "what?";
        };
    }

    private static String enqueue(TaskStore store) {
        NewTask task = NewTask.of(TaskType.DUMP_CREATION, null, "{}", null, null);
        return switch (store.tasks().enqueue(task)) {
            case Reply.Applied<Tasks.Birth> applied ->
                    "uid " + ((Tasks.Birth.Enqueued) applied.outcome()).uid();
            case Reply.Refused<Tasks.Birth> refused -> refused.refusal().message();
        };
    }
}
