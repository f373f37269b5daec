package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.SealedValue;
import io.miroir.api.settings.Settings;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.lane.SettingsNode.Fault;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.index.IndexRow;
import io.miroir.store.lane.Lanes.Claim;
import io.miroir.store.nodesettings.NodeSettingsVersionRow;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Settings come to two groups of one node, a and b, one after the other (protocol, rule 7). */
class SettingsRollTest {
    private static final String STOP = "{\"stopWords\":[\"the\"]}";
    private static final String THE = "[\"the\"]";
    private static final String NONE = "[]";

    @TempDir Path directory;

    private SettingsNode a = new SettingsNode();
    private SettingsNode b = new SettingsNode();
    private LaneFixture pod;

    private SettingsNode node(String id) {
        return id.equals("a") ? a : b;
    }

    @BeforeEach
    void start() throws Exception {
        open("pod", LaneFixture.PATIENCE, LaneFixture.SETTINGS);
    }

    private void open(String name, Duration turnTimeout, SettingsLimits limits) throws Exception {
        a = new SettingsNode();
        b = new SettingsNode();
        Path home = Files.createDirectory(directory.resolve(name));
        pod = new LaneFixture(home, LaneFixture.settings(turnTimeout), limits);
        pod.node = (id, request) -> node(id).answer(request);
        pod.reads = pod.node;
        pod.follower.start();
        long task = pod.run(Operation.INDEX_CREATE, "", null);
        assertEquals(TaskStatus.SUCCEEDED, ended(task).status());
        assertEquals(1, row().settingsVersion());
        assertEquals(Map.of("a", 1L, "b", 1L), verified());
        a.forget();
        b.forget();
    }

    @AfterEach
    void stop() {
        pod.close();
    }

    private IndexRow row() {
        return pod.store.indexes().get(ReadLevel.LOCAL, "i").orElseThrow();
    }

    private Map<String, Long> verified() {
        return pod.store.nodeSettings().of(ReadLevel.LOCAL, "i").stream()
                .collect(
                        Collectors.toMap(
                                NodeSettingsVersionRow::nodeId, NodeSettingsVersionRow::version));
    }

    private long change(String json) throws Exception {
        return pod.run(Operation.SETTINGS_UPDATE, json, null);
    }

    private TaskRow ended(long uid) throws InterruptedException {
        return await(uid, true);
    }

    private TaskRow await(long uid, boolean end) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + LaneFixture.PATIENCE.toNanos();
        while (System.nanoTime() < giveUpNanos) {
            TaskRow task = pod.store.tasks().get(ReadLevel.LOCAL, uid).orElseThrow();
            if (task.status().terminal() == end && task.status() != TaskStatus.ENQUEUED) {
                return task;
            }
            Thread.sleep(5);
        }
        throw new AssertionError(
                "task " + uid + ": " + pod.store.tasks().get(ReadLevel.LOCAL, uid));
    }

    private void assertSettled(String stopWords, long version) {
        assertEquals(Json.parse(stopWords), a.setting("stopWords"));
        assertEquals(Json.parse(stopWords), b.setting("stopWords"));
        assertEquals(IndexRow.Standing.SETTLED, row().standing());
        assertEquals(version, row().settingsVersion());
        assertEquals(
                Json.parse(stopWords), Json.parseObject(row().settingsJson()).path("stopWords"));
    }

    private void assertInSync(String node, ShardState state) {
        assertEquals(
                ShardStates.all(4, state),
                pod.store
                        .replicas()
                        .get(ReadLevel.LOCAL, row().incarnation(), node)
                        .orElseThrow()
                        .states());
    }

    /** The new settings are in force once a has them, and only then is b touched. */
    @Test
    void theSecondGroupIsTouchedOnceTheFirstHasThemAndEveryPodKnows() throws Exception {
        List<String> seen = new ArrayList<>();
        pod.told = () -> seen.add(row().settingsVersion() + " " + row().standing().unsettled());
        pod.node =
                (id, request) -> {
                    if (request.method().equals("PATCH")) {
                        seen.add("sent to " + id);
                    }
                    return node(id).answer(request);
                };
        assertEquals(TaskStatus.SUCCEEDED, ended(change(STOP)).status());
        assertEquals(List.of("1 [a]", "sent to a", "2 [b]", "sent to b"), seen);
        assertSettled(THE, 2);
        assertEquals(Map.of("a", 2L, "b", 2L), verified());
    }

    @Test
    void changesWaitForEachOtherAndNoneIsLost() throws Exception {
        a.fail(Fault.WORKS);
        long first = change(STOP);
        long second = change("{\"synonyms\":{\"big\":[\"large\"]}}");
        while (a.took().isEmpty()) {
            Thread.onSpinWait();
        }
        assertEquals(List.of(THE), a.took());
        a.fail(Fault.NONE);
        assertEquals(TaskStatus.SUCCEEDED, ended(second).status());
        assertEquals(TaskStatus.SUCCEEDED, ended(first).status());
        assertEquals(Json.parse("[\"large\"]"), b.setting("synonyms").path("big"));
        assertSettled(THE, 3);
    }

    /** What was changed after them is as if they had never been asked for. */
    @Test
    void settingsThatWaitAreCanceledAndNoNodeHearsOfThem() throws Exception {
        a.fail(Fault.WORKS);
        long first = change("{\"synonyms\":{\"big\":[\"large\"]}}");
        long second = change(STOP);
        long third = change("{\"synonyms\":{\"small\":[\"little\"]}}");
        while (a.took().isEmpty()) {
            Thread.onSpinWait();
        }
        TaskRow by = cancelation(first, second);
        a.fail(Fault.NONE);
        String ended = new Canceler(pod.store, pod.context.nodes()).run(by);
        assertEquals(1, Json.parse(ended).path("canceledTasks").asInt());
        assertEquals(TaskStatus.SUCCEEDED, ended(first).status());
        TaskRow canceled = ended(second);
        assertEquals(TaskStatus.CANCELED, canceled.status());
        assertEquals(Long.valueOf(by.uid()), canceled.canceledBy());
        assertNull(canceled.errorJson());
        assertEquals(TaskStatus.SUCCEEDED, ended(third).status());
        assertSettled(NONE, 3);
        assertEquals(List.of(), a.took().stream().filter(THE::equals).toList());
    }

    private TaskRow cancelation(Long... uids) {
        ObjectNode details = Cancelation.details(Json.object(), List.of(uids));
        NewTask fresh = NewTask.of(TaskType.TASK_CANCELATION, null, Json.text(details), null, null);
        Tasks.Birth born = pod.store.tasks().enqueue(fresh).orThrow();
        return pod.store
                .tasks()
                .get(ReadLevel.LOCAL, ((Tasks.Birth.Enqueued) born).uid())
                .orElseThrow();
    }

    /** Nodes would have what is told to be canceled. */
    @Test
    void noNodeIsSentSettingsThatAreNotKnownToHaveBegun() throws Exception {
        CountDownLatch refused = new CountDownLatch(2);
        pod.starts =
                () -> {
                    refused.countDown();
                    return false;
                };
        long task = change(STOP);
        assertTrue(refused.await(LaneFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        TaskRow by = cancelation(task);
        LaneFixture.await(() -> row(task).status().terminal());
        assertEquals(TaskStatus.CANCELED, row(task).status());
        assertEquals(Long.valueOf(by.uid()), row(task).canceledBy());
        assertSettled(NONE, 1);
        assertEquals(List.of(), a.took());
        pod.starts = () -> true;
        assertEquals(TaskStatus.SUCCEEDED, ended(change(STOP)).status());
        assertSettled(THE, 2);
    }

    private TaskRow row(long task) {
        return pod.store.tasks().get(ReadLevel.LOCAL, task).orElseThrow();
    }

    /** As Meilisearch's tasks do: who may read tasks need not know the secrets of embedders. */
    @Test
    void aSecretReachesTheNodesAndNobodyWhoReadsTheTask() throws Exception {
        String secret = "sk-0123456789012345678901234567890123456789";
        a.fail(Fault.WORKS);
        long task =
                change(
                        "{\"embedders\":{\"o\":{\"source\":\"openAi\",\"apiKey\":\""
                                + secret
                                + "\"}}}");
        TaskRow running = await(task, false);
        assertFalse(Details.parse(running.detailsJson()).visible().toString().contains(secret));
        a.fail(Fault.NONE);
        TaskRow ended = ended(task);
        assertEquals(TaskStatus.SUCCEEDED, ended.status(), ended::toString);
        assertFalse(ended.detailsJson().contains(secret), ended::detailsJson);
        assertTrue(ended.detailsJson().contains("sk-01XXX"), ended::detailsJson);
        assertEquals(secret, b.setting("embedders").at("/o/apiKey").stringValue());

        // It lies sealed in the store, and a node that is mended gets it all the same.
        assertFalse(pod.store.secrets().list(ReadLevel.LOCAL).toString().contains(secret));
        b.change("{\"embedders\":{\"o\":null}}");
        doubt("b");
        pod.lane.repairSettings(() -> true);
        assertEquals(secret, b.setting("embedders").at("/o/apiKey").stringValue());
    }

    /** Nodes tell it masked: what they show says nothing of it. */
    @Test
    void aSecretThatChangesAloneReachesTheNodesAndGoesFromThem() throws Exception {
        for (String key : List.of("\"sk-first\"", "\"sk-second\"", "null")) {
            String embedder = "{\"source\":\"openAi\",\"apiKey\":" + key + "}";
            long task = change("{\"embedders\":{\"o\":" + embedder + "}}");
            assertEquals(TaskStatus.SUCCEEDED, ended(task).status());
            for (SettingsNode node : List.of(a, b)) {
                assertEquals(
                        key.equals("null") ? "" : key.replace("\"", ""),
                        node.setting("embedders").at("/o/apiKey").asString(""));
            }
        }
        b.change("{\"embedders\":{\"o\":{\"apiKey\":\"left over\"}}}");
        doubt("b");
        pod.lane.repairSettings(() -> true);
        assertTrue(b.setting("embedders").at("/o/apiKey").isMissingNode());
    }

    /** A node that missed that the key went before its embedder got a source without one. */
    @Test
    void whatAnEmbedderKeepsFromAnotherSourceGoesWithIt() throws Exception {
        String own = "{\"embedders\":{\"o\":{\"source\":\"userProvided\",\"dimensions\":2}}}";
        assertEquals(TaskStatus.SUCCEEDED, ended(change(own)).status());
        b.change("{\"embedders\":{\"o\":null}}");
        b.change("{\"embedders\":{\"o\":{\"source\":\"openAi\",\"apiKey\":\"k\"}}}");
        doubt("b");
        pod.lane.repairSettings(() -> true);
        assertEquals(a.setting("embedders"), b.setting("embedders"));
    }

    /** Nothing is half done: the task says why, and no node was asked. */
    @Test
    void settingsWithASecretThatCantBeOpenedComeToNoNode() throws Exception {
        String sealed = "{\"" + SealedValue.MEMBER + "\":\"lostkey.AA\"}";
        String embedders =
                "{\"embedders\":{\"o\":{\"source\":\"openAi\",\"apiKey\":" + sealed + "}}}";
        TaskRow failed = ended(change(embedders));
        assertEquals(TaskStatus.FAILED, failed.status());
        String why = String.valueOf(failed.errorJson());
        assertTrue(why.contains("miroir_seal_key_missing") && why.contains("lostkey"), why);
        assertSettled(NONE, 1);
        assertEquals(List.of(), a.took());

        // In force, its key lost since: a node that needs mending waits for the key.
        ObjectNode lost = Settings.defaults();
        lost.set("embedders", Json.parse(embedders).path("embedders"));
        long epoch =
                assertInstanceOf(Claim.Claimed.class, pod.store.lanes().claim("i", "p").orThrow())
                        .epoch();
        seen(
                pod.store
                        .lanes()
                        .affect(
                                "i",
                                epoch,
                                List.of(
                                        new IndexEffect.SettingsCommitted(
                                                row().incarnation(),
                                                Json.text(lost),
                                                List.of("a"),
                                                List.of("b")))));
        pod.lane.repairSettings(() -> true);
        assertEquals(List.of("b"), row().standing().unsettled());
        assertEquals(List.of(), b.took());
    }

    private void doubt(String node) throws InterruptedException {
        seen(pod.store.lanes().doubt("i", row().incarnation(), node, row().settingsVersion()));
    }

    private void seen(Reply<?> reply) throws InterruptedException {
        long told = assertInstanceOf(Reply.Applied.class, reply).index();
        assertTrue(pod.view.await(told, LaneFixture.PATIENCE));
    }

    /** What one node can't have, no node keeps; the next change is none the worse for it. */
    @Test
    void settingsThatTheFirstGroupCantHaveAreUndone() throws Exception {
        a.fail(Fault.REFUSES);
        TaskRow failed = ended(change(STOP));
        assertEquals(TaskStatus.FAILED, failed.status());
        assertTrue(String.valueOf(failed.errorJson()).contains("no room"), failed::toString);
        assertSettled(NONE, 1);
        assertEquals(List.of(), b.took());
        a.fail(Fault.NONE);
        assertEquals(
                TaskStatus.SUCCEEDED,
                ended(change("{\"proximityPrecision\":\"byAttribute\"}")).status());
        assertSettled(NONE, 2);
    }

    @Test
    void aNodeThatSaysDoneAndShowsOthersIsNotBelieved() throws Exception {
        a.fail(Fault.IGNORES);
        assertEquals(TaskStatus.FAILED, ended(change(STOP)).status());
        assertEquals(1 + LaneFixture.SETTINGS.repairRetriesMax(), a.took().size());
        assertSettled(NONE, 1);
        assertEquals(Map.of("a", 1L, "b", 1L), verified());
    }

    /** Some nodes have what others can't be brought to have: nothing is written until they can. */
    @Test
    void divergenceThatCantBeMendedFreezesTheIndexUntilItIs() throws Exception {
        b.fail(Fault.REFUSES);
        TaskRow failed = ended(change(STOP));
        assertEquals(TaskStatus.FAILED, failed.status());
        assertTrue(String.valueOf(failed.errorJson()).contains("miroir_index_frozen"));
        assertEquals(1 + LaneFixture.SETTINGS.repairRetriesMax(), b.took().size());
        assertEquals(2, row().settingsVersion());
        assertEquals(List.of("b"), row().standing().unsettled());
        ApiException frozen =
                assertThrows(ApiException.class, () -> pod.write("[{\"id\":1}]", null));
        assertEquals(ErrorCode.MIROIR_INDEX_FROZEN, frozen.code());
        assertTrue(frozen.toString().contains("no room"), frozen::toString);

        b.fail(Fault.NONE);
        pod.lane.repairSettings(() -> true);
        assertSettled(THE, 2);
        assertEquals(Map.of("a", 2L, "b", 2L), verified());
        assertEquals(TaskStatus.SUCCEEDED, ended(pod.write("[{\"id\":1}]", null)).status());
    }

    @Test
    void whereNothingIsFrozenTheNodeIsNotReadAnyMore() throws Exception {
        pod.close();
        open("other", LaneFixture.PATIENCE, new SettingsLimits(LaneFixture.SHORT, 1, false, false));
        b.fail(Fault.REFUSES);
        assertEquals(TaskStatus.SUCCEEDED, ended(change(STOP)).status());
        assertInSync("a", ShardState.IN_SYNC);
        assertInSync("b", ShardState.OUT);
        assertEquals(TaskStatus.SUCCEEDED, ended(pod.write("[{\"id\":1}]", null)).status());
    }

    /** Who was away has every document, so it is not out: it gets the settings when it is back. */
    @Test
    void aNodeThatIsAwayGetsThemWhenItIsBack() throws Exception {
        b.fail(Fault.SILENT);
        pod.down("b");
        assertEquals(TaskStatus.SUCCEEDED, ended(change(STOP)).status());
        assertEquals(List.of("b"), row().standing().unsettled());
        assertEquals(Map.of("a", 2L, "b", 1L), verified());
        assertFalse(pod.follower.rolls().due(pod.view.index("i").orElseThrow()));

        b.fail(Fault.NONE);
        pod.up("b");
        assertTrue(pod.follower.rolls().due(pod.view.index("i").orElseThrow()));
        pod.lane.repairSettings(() -> true);
        assertSettled(THE, 2);
        assertInSync("b", ShardState.IN_SYNC);
        assertEquals(Map.of("a", 2L, "b", 2L), verified());
    }

    @Test
    void aNodeOfTheFirstGroupThatIsAwayLetsTheOtherGoFirst() throws Exception {
        a.fail(Fault.SILENT);
        pod.down("a");
        assertEquals(TaskStatus.SUCCEEDED, ended(change(STOP)).status());
        assertEquals(List.of("a"), row().standing().unsettled());
        assertEquals(Json.parse(THE), b.setting("stopWords"));
    }

    @Test
    void withoutAnyNodeTheTaskWaits() throws Exception {
        a.fail(Fault.SILENT);
        b.fail(Fault.SILENT);
        pod.down("a");
        pod.down("b");
        long task = change(STOP);
        await(task, false);
        assertEquals(1, row().settingsVersion());
        a.fail(Fault.NONE);
        b.fail(Fault.NONE);
        pod.up("a");
        pod.up("b");
        assertEquals(TaskStatus.SUCCEEDED, ended(task).status());
        assertSettled(THE, 2);
    }

    /** What a doubt brings about: the node gets what is in force, embedders by name. */
    @Test
    void aNodeThatWasChangedBehindOurBackIsMended() throws Exception {
        b.change(
                "{\"stopWords\":[\"a\"],"
                        + "\"embedders\":{\"e\":{\"source\":\"userProvided\",\"dimensions\":2}}}");
        doubt("b");
        pod.lane.repairSettings(() -> true);
        assertSettled(NONE, 1);
        assertTrue(b.setting("embedders").isEmpty());
        assertEquals(List.of(), a.took());
        assertEquals(1, pod.metric("miroir_settings_drift_repair_total"));
    }

    /** Nodes that took them and tell nothing more: the task waits, and is not undone meanwhile. */
    @Test
    void whatATaskHasBegunIsNotRepairedWhileItWaits() throws Exception {
        a.fail(Fault.WORKS);
        b.fail(Fault.WORKS);
        pod.reads =
                (id, request) ->
                        request.target().startsWith("/tasks/")
                                ? new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "no answer")
                                : node(id).answer(request);
        long task = change(STOP);
        int perRun = 1 + LaneFixture.SETTINGS.repairRetriesMax();
        while (a.took().size() <= perRun) {
            assertFalse(pod.follower.mayRepair(pod.view.index("i").orElseThrow()));
            Thread.sleep(1);
        }
        a.fail(Fault.NONE);
        b.fail(Fault.NONE);
        pod.reads = pod.node;
        assertEquals(TaskStatus.SUCCEEDED, ended(task).status());
        // A node that the last run had passed over before gets them afterwards.
        pod.lane.repairSettings(() -> true);
        assertSettled(THE, 2);
    }

    /**
     * The owner is lost after any of its steps, also before it hears that it was done. The next one
     * goes on from there: whoever runs the lane, the change ends, once.
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void theNextOwnerGoesOnFromWhereTheLastOneStopped(int steps) throws Exception {
        AtomicInteger done = new AtomicInteger();
        CountDownLatch lost = new CountDownLatch(1);
        Runnable takeOver =
                () -> {
                    assertInstanceOf(
                            Claim.Claimed.class, pod.store.lanes().claim("i", "other").orThrow());
                    lost.countDown();
                };
        pod.affected =
                () -> {
                    if (done.incrementAndGet() == steps) {
                        takeOver.run();
                    }
                };
        if (steps == 0) {
            pod.told =
                    () -> {
                        if (lost.getCount() > 0) {
                            takeOver.run();
                        }
                    };
        }
        long task = change(STOP);
        lost.await();
        pod.affected = () -> {};
        pod.told = () -> {};
        // This pod again, as if it were the next one: a claim has an epoch of its own.
        pod.lane.release();
        pod.lane.resume(() -> true);
        assertEquals(TaskStatus.SUCCEEDED, ended(task).status());
        assertSettled(THE, 2);
        assertEquals(Map.of("a", 2L, "b", 2L), verified());
    }

    /** Documents that only some nodes would take wait; all others don't. */
    @Test
    void aWriteThatDependsOnSettingsWaitsForThem() throws Exception {
        pod.close();
        open("impatient", Duration.ofSeconds(3), LaneFixture.SETTINGS);
        a.fail(Fault.WORKS);
        long change = change("{\"filterableAttributes\":[\"kind\"]}");
        await(change, false);
        assertTrue(pod.write("[{\"id\":1}]", null) > change);
        ApiException late =
                assertThrows(
                        ApiException.class,
                        () ->
                                pod.run(
                                        Operation.DOCUMENTS_DELETE_BY_FILTER,
                                        "{\"filter\":\"kind = 1\"}",
                                        null));
        assertEquals(ErrorCode.MIROIR_OVERLOADED, late.code());
        a.fail(Fault.NONE);
        assertEquals(TaskStatus.SUCCEEDED, ended(change).status());
        assertTrue(
                pod.run(Operation.DOCUMENTS_DELETE_BY_FILTER, "{\"filter\":\"kind = 1\"}", null)
                        > change);
    }
}
