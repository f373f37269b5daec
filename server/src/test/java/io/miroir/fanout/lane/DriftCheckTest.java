package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.Json;
import io.miroir.capability.partitioned.drift.DriftCheck;
import io.miroir.fanout.NodeReply;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.task.Finish;
import io.miroir.store.task.TaskStatus;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a look for other settings costs where nodes don't answer. */
class DriftCheckTest {
    @TempDir Path directory;

    private LaneFixture pod;

    @BeforeEach
    void createIndexes() throws Exception {
        pod = new LaneFixture(directory);
        for (String name : List.of("i", "j", "k")) {
            create(name);
        }
        pod.sent.clear();
    }

    @AfterEach
    void close() {
        pod.close();
    }

    private void create(String name) throws Exception {
        Lane lane = new Lane(name, pod.context, pod.follower, pod.alone, pod.counters);
        long task =
                lane.run(
                                LaneFixture.request(Operation.INDEX_CREATE, name, null),
                                pod.body(""),
                                () -> true)
                        .orElseThrow()
                        .taskUid();
        long incarnation =
                pod.store.indexes().get(ReadLevel.LOCAL, name).orElseThrow().incarnation();
        long epoch = pod.store.lanes().get(ReadLevel.LOCAL, name).orElseThrow().epoch();
        IndexEffect settled =
                new IndexEffect.SettingsCommitted(incarnation, "{}", List.of("a", "b"), List.of());
        Reply<?> ended =
                pod.store
                        .tasks()
                        .finish(
                                Finish.of(
                                        task,
                                        epoch,
                                        TaskStatus.SUCCEEDED,
                                        null,
                                        null,
                                        List.of(settled)));
        assertEquals(true, pod.context.sees((Reply.Applied<?>) ended));
    }

    @Test
    void aNodeThatHangsIsWaitedForOnceAndTheOthersAreChecked() {
        pod.reads =
                (id, _) ->
                        id.equals("a")
                                ? new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "no answer")
                                : new NodeReply.Refusal(404, "index_not_found", "", Json.object());
        DriftCheck check =
                new DriftCheck(
                        pod.view,
                        pod.store,
                        pod.context.nodes(),
                        new SettingsMetrics(new CollectorRegistry()),
                        new DriftCheck.Rules(Duration.ofMinutes(5), true));
        check.step(_ -> true);
        assertEquals(1, pod.sent.stream().filter(asked -> asked.startsWith("a ")).count());
        assertEquals(3, pod.sent.stream().filter(asked -> asked.startsWith("b ")).count());
    }
}
