package io.miroir.capability.leader.features;

import io.miroir.api.Json;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import io.miroir.cluster.SwitchedFeatures;
import io.miroir.duty.LeaderDuty;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.store.Rooms;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Gauge;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings the experimental features that clients switched to the nodes: at once by the pod that was
 * asked, and again and again by the leader, for nodes that were away or that somebody else changed.
 */
public final class NodeFeatures implements LeaderDuty {
    private static final Logger LOG = LoggerFactory.getLogger(NodeFeatures.class);
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String TARGET = "/experimental-features";
    private static final String OPERATION = "features";

    private final Nodes nodes;
    private final Gauge behind;

    /** For these nodes. */
    public NodeFeatures(Nodes nodes, CollectorRegistry registry) {
        this.nodes = nodes;
        this.behind =
                Gauge.build(
                                "miroir_features_nodes_behind",
                                "Nodes that are not known to have the features as switched.")
                        .register(registry);
    }

    @Override
    public String name() {
        return "node-features";
    }

    @Override
    public Duration pause() {
        return PAUSE;
    }

    @Override
    public void step(Rooms fenced) {
        behind.set(bring(new SwitchedFeatures(fenced), nodes.ids()));
    }

    @Override
    public void deposed() {
        behind.set(0);
    }

    /**
     * Makes nodes have the features of this moment.
     *
     * @return how many of them are not known to
     */
    public int bring(SwitchedFeatures switched, Collection<String> ids) {
        Map<String, NodeRequest> questions = new LinkedHashMap<>();
        ids.forEach(id -> questions.put(id, NodeRequest.get(OPERATION, TARGET, TIMEOUT)));
        Map<String, NodeReply> shown = nodes.askAll(questions);
        // Read after the nodes told what they have: two pods that bring at once end with the same.
        Features wanted = switched.now();
        Map<String, NodeRequest> changes = new LinkedHashMap<>();
        int unknown = 0;
        for (Map.Entry<String, NodeReply> node : shown.entrySet()) {
            if (node.getValue() instanceof NodeReply.Answer answer) {
                ObjectNode lacking = lacking(answer.body(), wanted);
                if (!lacking.isEmpty()) {
                    changes.put(
                            node.getKey(),
                            new NodeRequest(
                                    OPERATION, "PATCH", TARGET, NodeBody.json(lacking), TIMEOUT));
                }
            } else {
                unknown++;
            }
        }
        for (Map.Entry<String, NodeReply> node : nodes.askAll(changes).entrySet()) {
            if (node.getValue() instanceof NodeReply.Answer) {
                LOG.info("node {} has other features now", node.getKey());
            } else {
                LOG.warn("node {} did not switch its features: {}", node.getKey(), node.getValue());
                unknown++;
            }
        }
        return unknown;
    }

    /**
     * What a node must be told. What the proxy alone acts on is left as the node's operator has it,
     * for example the node's own metrics; a feature that the node does not show it does not have.
     */
    static ObjectNode lacking(JsonNode shown, Features wanted) {
        ObjectNode lacking = Json.object();
        for (Feature feature : Feature.values()) {
            JsonNode has = shown.path(feature.wireName());
            feature.onNodes(wanted.isOn(feature))
                    .filter(on -> has.isBoolean() && has.asBoolean() != on)
                    .ifPresent(on -> lacking.put(feature.wireName(), on));
        }
        return lacking;
    }
}
