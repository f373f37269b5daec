package io.miroir.cli.demo;

import io.miroir.cli.client.ApiAnswer;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.client.HttpCaller;
import io.miroir.cli.fleet.Fleet;
import io.miroir.cli.fleet.FleetNode;
import io.miroir.cli.fleet.FleetPod;
import io.miroir.cluster.identity.NodeMark;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/** What an operator would ask the members of a fleet: who leads, and who holds how much. */
public final class ClusterStatus implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Half a minute, as long as a tour waits for a write. */
    private static final int POLLS_MAX = 300;

    private static final long POLL_MILLIS = 100;

    private final Fleet fleet;
    private final HttpCaller http = new HttpCaller();

    /** Asks this fleet's members. */
    public ClusterStatus(Fleet fleet) {
        this.fleet = fleet;
    }

    /** The pod that leads, as the first pod says that answers; empty while none does. */
    public Optional<FleetPod> leader() {
        for (FleetPod asked : fleet.pods()) {
            String id = topology(asked).path("store").path("leader").asString("");
            Optional<FleetPod> leader =
                    fleet.pods().stream().filter(pod -> pod.id().equals(id)).findFirst();
            if (leader.isPresent() && leader.get().process().isAlive()) {
                return leader;
            }
        }
        return Optional.empty();
    }

    /** Waits for a leader, as in an election; empty if none comes in time. */
    public Optional<FleetPod> awaitLeader() throws InterruptedException {
        return awaitLeader(_ -> true);
    }

    /** Waits for another leader than the one that was killed; empty if none comes in time. */
    public Optional<FleetPod> awaitOtherLeader(FleetPod killed) throws InterruptedException {
        return awaitLeader(pod -> !pod.id().equals(killed.id()));
    }

    private Optional<FleetPod> awaitLeader(Predicate<FleetPod> wanted) throws InterruptedException {
        for (int i = 0; i < POLLS_MAX; i++) {
            Optional<FleetPod> leader = leader().filter(wanted);
            if (leader.isPresent()) {
                return leader;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return Optional.empty();
    }

    /** What a pod says of the cluster; JSON null when it doesn't answer. */
    public JsonNode topology(FleetPod pod) {
        return get(pod.http(), fleet.plan().keys().admin(), "/_miroir/topology");
    }

    /**
     * How many of the replicas that a node should hold of an index are in which state, as the first
     * pod says that answers; by the state's word, empty when nobody answers or knows the index.
     */
    public Map<String, Integer> replicaStates(FleetNode node, String index) {
        Map<String, Integer> states = new TreeMap<>();
        for (FleetPod asked : fleet.pods()) {
            JsonNode all = get(asked.http(), fleet.plan().keys().admin(), "/_miroir/shards");
            for (JsonNode shard : all.path("indexes").path(index).path("shards")) {
                String state = shard.path("nodes").path(node.id()).asString("");
                if (!state.isEmpty()) {
                    states.merge(state, 1, Integer::sum);
                }
            }
            if (!states.isEmpty()) {
                break;
            }
        }
        return states;
    }

    /** What the indexes are called on the nodes, as the first pod says that answers. */
    public Set<String> physicalIndexes() {
        for (FleetPod asked : fleet.pods()) {
            JsonNode all = get(asked.http(), fleet.plan().keys().admin(), "/_miroir/shards");
            if (all.has("indexes")) {
                return all.path("indexes")
                        .valueStream()
                        .map(index -> index.path("physical_uid").asString(""))
                        .collect(Collectors.toSet());
            }
        }
        return Set.of();
    }

    /** Documents of all indexes on each node; -1 for one that doesn't answer. */
    public Map<FleetNode, Long> documentsPerNode() {
        Map<FleetNode, Long> documents = new LinkedHashMap<>();
        for (FleetNode node : fleet.nodes()) {
            JsonNode stats = get(node.http(), fleet.plan().keys().node(), "/stats");
            long sum =
                    stats.path("indexes").properties().stream()
                            .filter(index -> !index.getKey().equals(NodeMark.INDEX))
                            .mapToLong(
                                    index -> index.getValue().path("numberOfDocuments").asLong(0))
                            .sum();
            documents.put(node, stats.isNull() ? -1 : sum);
        }
        return documents;
    }

    @Override
    public void close() {
        http.close();
    }

    private JsonNode get(URI server, String key, String path) {
        try {
            ApiAnswer answer = http.call(server, key, ApiCall.get(path), TIMEOUT);
            return answer.isSuccess() ? answer.json() : NullNode.getInstance();
        } catch (IOException e) {
            return NullNode.getInstance();
        }
    }
}
