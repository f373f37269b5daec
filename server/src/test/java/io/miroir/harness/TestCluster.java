package io.miroir.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.miroir.api.Json;
import io.miroir.cli.client.Api;
import io.miroir.cli.client.ApiAnswer;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.client.FailoverClient;
import io.miroir.cli.client.HttpCaller;
import io.miroir.cli.client.Reply;
import io.miroir.cli.demo.ClusterStatus;
import io.miroir.cli.fleet.Fleet;
import io.miroir.cli.fleet.FleetKeys;
import io.miroir.cli.fleet.FleetNode;
import io.miroir.cli.fleet.FleetPlan;
import io.miroir.cli.fleet.FleetPod;
import io.miroir.cli.fleet.FleetPorts;
import io.miroir.cli.fleet.FleetShape;
import io.miroir.cli.fleet.JavaLaunch;
import io.miroir.cli.fleet.NodeSource;
import io.miroir.cli.fleet.Ports;
import io.miroir.cli.fleet.PortsApart;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A fleet for one test class, with clients on it. */
final class TestCluster implements AutoCloseable {
    static final String MASTER_KEY = "master-key-of-the-tests";
    static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);
    private static final FleetPlan.Heaps HEAPS = new FleetPlan.Heaps(256, 128);

    private final Fleet fleet;
    private final FailoverClient client;
    private final Api api;
    private final ClusterStatus status;

    private TestCluster(Fleet fleet) {
        this.fleet = fleet;
        this.client =
                new FailoverClient(
                        fleet.pods().stream().map(FleetPod::http).toList(),
                        MASTER_KEY,
                        REQUEST_TIMEOUT,
                        System::nanoTime);
        this.api = new Api(client, System::nanoTime, PATIENCE);
        this.status = new ClusterStatus(fleet);
    }

    /**
     * Lays the cluster out without starting it.
     *
     * @param jvmOptions further ones of all its processes
     */
    static TestCluster layOut(Path directory, FleetShape shape, String... jvmOptions) {
        return layOut(directory, shape, PodImage.launch(jvmOptions));
    }

    /** The same, with processes that are started in another way. */
    static TestCluster layOut(Path directory, FleetShape shape, JavaLaunch launch) {
        Ports ports = PortsApart.make();
        FleetPlan plan =
                new FleetPlan(
                        shape,
                        FleetPorts.choose(ports, shape, ports.row(shape.pods())),
                        new FleetKeys(
                                MASTER_KEY, "node-key-of-the-tests", "admin-key", "s".repeat(32)),
                        nodes(),
                        directory,
                        launch,
                        HEAPS);
        return new TestCluster(new Fleet(plan, System::nanoTime));
    }

    static TestCluster start(Path directory, FleetShape shape) {
        TestCluster cluster = layOut(directory, shape);
        try {
            cluster.fleet.start();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** Whether the nodes are real Meilisearch servers. */
    static boolean onMeilisearch() {
        return nodes() instanceof NodeSource.Program;
    }

    Fleet fleet() {
        return fleet;
    }

    /** A client behind a load balancer. */
    FailoverClient client() {
        return client;
    }

    /** Calls that must succeed, on any pod. */
    Api api() {
        return api;
    }

    ClusterStatus status() {
        return status;
    }

    /** What a pod says of a node's health; empty when it does not answer. */
    String believes(FleetPod pod, FleetNode node) {
        return status().topology(pod)
                .path("nodes")
                .valueStream()
                .filter(one -> one.path("id").asString().equals(node.id()))
                .map(one -> one.path("status").asString())
                .findFirst()
                .orElse("");
    }

    /** The answer of exactly this pod, whatever its status. */
    ApiAnswer at(FleetPod pod, ApiCall call) {
        return assertInstanceOf(Reply.Answered.class, client.callAt(pod.http(), call)).answer();
    }

    /** What a pod that answers says of the cluster's members. */
    JsonNode members(FleetPod pod) {
        return operate(pod, ApiCall.get("/_miroir/cluster")).json().path("members");
    }

    /** The answer of a pod that runs to an operator. */
    ApiAnswer operate(ApiCall call) {
        FleetPod runs =
                fleet.pods().stream()
                        .filter(pod -> pod.process().isAlive())
                        .findFirst()
                        .orElseThrow();
        return operate(runs, call);
    }

    /** Begins a change of the nodes. */
    void change(ApiCall change) {
        ApiAnswer begun = operate(change);
        assertEquals(202, begun.status(), begun::toString);
    }

    /** Whether such a change is under way. */
    boolean isChanging() {
        return operate(ApiCall.get("/_miroir/rebalance/status"))
                .json()
                .path("in_progress")
                .asBoolean(true);
    }

    private ApiAnswer operate(FleetPod pod, ApiCall call) {
        try (HttpCaller http = new HttpCaller()) {
            return http.call(pod.http(), fleet.plan().keys().admin(), call, PATIENCE);
        } catch (IOException e) {
            throw new AssertionError(call.toString(), e);
        }
    }

    /** Creates an index whose primary key is `id`, with settings, and waits for both. */
    void createIndex(String uid, ObjectNode settings) {
        api.change(
                ApiCall.change(
                        "POST", "/indexes", Json.object().put("uid", uid).put("primaryKey", "id")));
        if (!settings.isEmpty()) {
            api.change(ApiCall.change("PATCH", "/indexes/" + uid + "/settings", settings));
        }
    }

    /** Documents with ids from 0 and the field t, which is `word`, in an index of their own. */
    void createWords(String uid, int count) {
        createIndex(uid, Json.object());
        ArrayNode documents = Json.array();
        for (int i = 0; i < count; i++) {
            documents.addObject().put("id", i).put("t", "word");
        }
        api.change(ApiCall.documents(uid, Json.text(documents)));
    }

    /** How many documents the index says it has. */
    long documents(String uid) {
        JsonNode stats = api.call(ApiCall.get("/indexes/" + uid + "/stats"));
        return stats.path("numberOfDocuments").asLong(-1);
    }

    @Override
    public void close() {
        status.close();
        client.close();
        fleet.close();
    }

    private static NodeSource nodes() {
        String program = System.getenv("MIROIR_TEST_MEILISEARCH");
        return program == null || program.isBlank()
                ? new NodeSource.Embedded()
                : new NodeSource.Program(Path.of(program));
    }
}
