package io.miroir.cluster.identity;

import io.miroir.api.Json;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who the cluster knows its nodes to be. It stands in the store's topology, so that all pods know
 * the same.
 *
 * @param cluster a name of its own; empty before the first node was marked
 * @param lives of nodes that were marked, by node id
 */
public record KnownLives(String cluster, Map<String, Life> lives) {
    /** Before any node was marked. */
    public static final KnownLives NONE = new KnownLives("", Map.of());

    private static final String CLUSTER = "cluster";
    private static final String LIVES = "lives";
    private static final String LIFE = "life";
    private static final String SINCE = "since_task";

    public KnownLives {
        lives = Map.copyOf(lives);
    }

    /**
     * For as long as a node keeps its disk.
     *
     * @param sinceTask the newest task of the cluster when it began: what older ones say of the
     *     node's own tasks is of a life before
     */
    public record Life(String life, long sinceTask) {}

    /** The life of a node; null for one that was not marked yet. */
    public @Nullable Life of(String node) {
        return lives.get(node);
    }

    KnownLives with(String node, Life life) {
        Map<String, Life> more = new TreeMap<>(lives);
        more.put(node, life);
        return new KnownLives(cluster, more);
    }

    /** Those of these nodes. */
    KnownLives only(Set<String> nodes) {
        Map<String, Life> some = new TreeMap<>(lives);
        some.keySet().retainAll(nodes);
        return new KnownLives(cluster, some);
    }

    /** As the store's topology has it. */
    public static KnownLives parse(String topologyJson) {
        ObjectNode topology = Json.parseObject(topologyJson);
        Map<String, Life> lives = new TreeMap<>();
        topology.path(LIVES)
                .properties()
                .forEach(
                        node ->
                                lives.put(
                                        node.getKey(),
                                        new Life(
                                                node.getValue().path(LIFE).asString(""),
                                                node.getValue().path(SINCE).asLong(-1))));
        return new KnownLives(topology.path(CLUSTER).asString(""), lives);
    }

    /** The topology that says so, and is the same else. */
    String in(String topologyJson) {
        ObjectNode topology = Json.parseObject(topologyJson);
        topology.put(CLUSTER, cluster);
        ObjectNode all = topology.putObject(LIVES);
        new TreeMap<>(lives)
                .forEach(
                        (node, life) ->
                                all.putObject(node)
                                        .put(LIFE, life.life())
                                        .put(SINCE, life.sinceTask()));
        return Json.text(topology);
    }

    /** The same cluster under a name. */
    KnownLives named(String name) {
        return new KnownLives(name, lives);
    }
}
