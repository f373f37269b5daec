package io.miroir.cluster;

import io.miroir.api.Json;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where nodes are, as far as it is known.
 *
 * @param byNode scheme, host and port, by node id
 */
public record NodeAddresses(Map<String, URI> byNode) {
    /** Nobody has told any. */
    public static final NodeAddresses NONE = new NodeAddresses(Map.of());

    // Restores know it too: it is the one part that a backup must not bring elsewhere.
    private static final String ADDRESSES = "addresses";

    public NodeAddresses {
        byNode = Map.copyOf(byNode);
    }

    /** Those that the store's topology says; one that nobody could reach is none. */
    static NodeAddresses of(ObjectNode topology) {
        Map<String, URI> told = new TreeMap<>();
        topology.path(ADDRESSES)
                .properties()
                .forEach(
                        node -> {
                            URI address = parse(node.getValue().asString(""));
                            if (address != null) {
                                told.put(node.getKey(), address);
                            }
                        });
        return new NodeAddresses(told);
    }

    /** The address that a text says; null if it says none. */
    public static @Nullable URI parse(String text) {
        try {
            URI address = new URI(text);
            String scheme = address.getScheme();
            boolean http = "http".equals(scheme) || "https".equals(scheme);
            return http && address.getHost() != null ? address : null;
        } catch (URISyntaxException unreadable) {
            return null;
        }
    }

    /** These, and of nodes that have none here those of the other. */
    NodeAddresses or(NodeAddresses other) {
        Map<String, URI> both = new TreeMap<>(other.byNode);
        both.putAll(byNode);
        return new NodeAddresses(both);
    }

    /** Adds to the store's topology those of its nodes that it lacks; false if it lacks none. */
    boolean completeIn(ObjectNode topology, Collection<String> nodes) {
        boolean lacking = false;
        for (String node : nodes) {
            URI known = byNode.get(node);
            if (known != null && !topology.path(ADDRESSES).has(node)) {
                topology.withObject(ADDRESSES).put(node, known.toString());
                lacking = true;
            }
        }
        return lacking;
    }

    /** Forgets in the store's topology where all nodes but these are. */
    static void keepIn(ObjectNode topology, Collection<String> nodes) {
        if (topology.path(ADDRESSES) instanceof ObjectNode addresses) {
            addresses.retain(nodes);
        }
    }

    /** What comes of telling that a node is elsewhere. */
    public sealed interface Move {
        /** The store's topology that says so. */
        record Moved(String topologyJson) implements Move {}

        /** It can't be. */
        record Refused(String why) implements Move {}
    }

    /** The store's topology in which a node is elsewhere, or why there can be none. */
    public static Move move(String topologyJson, String node, URI address) {
        ObjectNode topology = Json.parseObject(topologyJson);
        if (!Fleet.nodesOf(topology).contains(node)) {
            return new Move.Refused("there is no node " + node);
        }
        for (Map.Entry<String, URI> other : of(topology).byNode().entrySet()) {
            if (other.getValue().equals(address) && !other.getKey().equals(node)) {
                return new Move.Refused("node " + other.getKey() + " is at " + address);
            }
        }
        topology.withObject(ADDRESSES).put(node, address.toString());
        return new Move.Moved(Json.text(topology));
    }
}
