package io.miroir.fanout.lane;

import io.miroir.api.settings.NodeSettings;
import io.miroir.cluster.IndexView;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeRequest;
import io.miroir.store.task.TaskType;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes all nodes have the settings in force where some took others (protocol, rule 7). */
final class SettingsRestore {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsRestore.class);

    private final LaneContext context;
    private final TaskFollower follower;
    private final ReadBack readBack;

    SettingsRestore(LaneContext context, TaskFollower follower) {
        this.context = context;
        this.follower = follower;
        this.readBack = new ReadBack(context);
    }

    /**
     * Sends what is in force to the nodes that have anything else, and puts out those that still
     * have it afterwards. While a node works on settings nothing is decided: the lane is noted to
     * be looked at again.
     */
    void run(IndexView index) throws InterruptedException {
        ObjectNode inForce =
                NodeSettings.derive(Details.pendingSettings(context.store(), index.row()));
        Map<String, ShardSet> held = Replicated.inSync(index, index.topology().nodes());
        ReadBack.Reading reading = read(index, held);
        if (reading.done()) {
            Map<String, NodeRequest> changes = changes(index, inForce, reading.answers());
            if (!changes.isEmpty()) {
                context.nodes().askAll(changes);
                reading = read(index, held);
            }
        }
        if (!reading.done()) {
            LOG.info("nodes work on settings of {}: looked at again later", index.row().uid());
            follower.unsettled(index.row().uid());
            return;
        }
        Map<String, Divergence.Has> has = new TreeMap<>();
        reading.answers()
                .forEach(
                        (node, found) ->
                                has.put(
                                        node,
                                        SettingsReadBack.matches(inForce, found)
                                                ? Divergence.Has.YES
                                                : Divergence.Has.NO));
        new Replicated(context.store()).putOutDiverging(index.row().incarnation(), held, has);
    }

    private ReadBack.Reading read(IndexView index, Map<String, ShardSet> held)
            throws InterruptedException {
        return readBack.read(held.keySet(), index.row(), TaskType.SETTINGS_UPDATE, "/settings");
    }

    private Map<String, NodeRequest> changes(
            IndexView index, ObjectNode inForce, Map<String, JsonNode> found) {
        Map<String, NodeRequest> changes = new TreeMap<>();
        found.forEach(
                (node, settings) -> {
                    if (!SettingsReadBack.matches(inForce, settings)) {
                        changes.put(node, change(index, inForce, settings));
                    }
                });
        return changes;
    }

    private NodeRequest change(IndexView index, ObjectNode inForce, JsonNode found) {
        ObjectNode change = inForce.deepCopy();
        IndexItems.dropEmbedders(change, found);
        return new NodeRequest(
                "settings",
                "PATCH",
                "/indexes/" + index.row().physicalUid() + "/settings",
                NodeBody.json(change),
                context.settings().sendTimeout());
    }
}
