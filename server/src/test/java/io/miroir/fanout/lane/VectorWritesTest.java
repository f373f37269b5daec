package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.fanout.lane.SettingsNode.Fault;
import io.miroir.store.ReadLevel;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors are held against what the index's settings are sure to be when they come to a node. */
class VectorWritesTest {
    private static final String TWO = embedder(2);
    private static final String WRONG = "[{\"id\":1,\"_vectors\":{\"m\":[1]}}]";
    private static final String MALFORMED = "[{\"id\":1,\"_vectors\":{\"m\":true},\"_geo\":\"x\"}]";

    @TempDir Path directory;

    private final SettingsNode a = new SettingsNode();
    private final SettingsNode b = new SettingsNode();
    private LaneFixture pod;

    @BeforeEach
    void open() throws Exception {
        pod = new LaneFixture(directory);
        pod.node = (id, request) -> (id.equals("a") ? a : b).answer(request);
        pod.reads = pod.node;
        pod.follower.start();
    }

    @AfterEach
    void close() {
        pod.close();
    }

    private static String embedder(int dimensions) {
        return "{\"embedders\":{\"m\":{\"source\":\"userProvided\",\"dimensions\":"
                + dimensions
                + "}},\"filterableAttributes\":[\"_geo\"]}";
    }

    private TaskStatus ended(long uid) throws InterruptedException {
        LaneFixture.await(() -> task(uid).status().terminal());
        // What it changed is seen a moment later.
        pod.view.catchUp();
        return task(uid).status();
    }

    private TaskRow task(long uid) {
        return pod.store.tasks().get(ReadLevel.LOCAL, uid).orElseThrow();
    }

    private long change(String settings) throws Exception {
        return pod.run(Operation.SETTINGS_UPDATE, settings, null);
    }

    @Test
    void aNewIndexHasNoEmbedders() throws Exception {
        assertEquals(TaskStatus.SUCCEEDED, ended(pod.write(WRONG, null)));
        assertEquals(TaskStatus.FAILED, ended(pod.write(MALFORMED, null)));
    }

    @Test
    void theyAreAsLongAsTheSettingsSay() throws Exception {
        assertEquals(TaskStatus.SUCCEEDED, ended(change(TWO)));
        assertEquals(TaskStatus.FAILED, ended(pod.write(WRONG, null)));
    }

    /** Of those that wait nobody knows which succeed, also where the last one changes all back. */
    @Test
    void nothingIsKnownWhileEmbeddersChange() throws Exception {
        assertEquals(TaskStatus.SUCCEEDED, ended(change(TWO)));
        a.fail(Fault.WORKS);
        b.fail(Fault.WORKS);
        long three = change(embedder(3));
        long two = change(TWO);
        long write = pod.write(WRONG, null);
        a.fail(Fault.NONE);
        b.fail(Fault.NONE);
        assertEquals(TaskStatus.SUCCEEDED, ended(three));
        assertEquals(TaskStatus.SUCCEEDED, ended(two));
        assertEquals(TaskStatus.SUCCEEDED, ended(write));
        assertEquals(TaskStatus.FAILED, ended(pod.write(WRONG, null)));
    }

    /** Meilisearch does not look at documents that it leaves out. */
    @Test
    void whatMayBeLeftOutIsLeftToTheNodes() throws Exception {
        assertEquals(TaskStatus.SUCCEEDED, ended(change(TWO)));
        WriteRequest plain = LaneFixture.request(Operation.DOCUMENTS_REPLACE, "i", null);
        assertEquals(TaskStatus.FAILED, ended(pod.reply(plain, MALFORMED).taskUid()));
        Map<String, String> parameters = new HashMap<>(plain.parameters());
        parameters.put(WriteRequest.SKIP_CREATION, "true");
        WriteRequest skipping = new WriteRequest(plain.operation(), "i", parameters);
        assertEquals(TaskStatus.SUCCEEDED, ended(pod.reply(skipping, MALFORMED).taskUid()));
    }
}
