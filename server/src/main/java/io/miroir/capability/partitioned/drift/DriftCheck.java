package io.miroir.capability.partitioned.drift;

import io.miroir.api.Json;
import io.miroir.api.settings.NodeSettings;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.IndexView;
import io.miroir.core.topology.ReplicaState;
import io.miroir.duty.PartitionedDuty;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.lane.SettingsMetrics;
import io.miroir.fanout.lane.SettingsReadBack;
import io.miroir.store.TaskStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the settings that nodes have and compares them with those in force. A node that has others
 * is not read from then on while another can be, and the owner of the index's lane mends it: only
 * it sends settings, so that a change under way is not undone.
 */
public final class DriftCheck implements PartitionedDuty {
    private static final Logger LOG = LoggerFactory.getLogger(DriftCheck.class);

    private final ClusterView view;
    private final TaskStore store;
    private final Nodes nodes;
    private final SettingsMetrics metrics;
    private final Rules rules;

    /**
     * When it looks.
     *
     * @param interval between two looks
     * @param repairs false to only tell
     */
    public record Rules(Duration interval, boolean repairs) {}

    /** A check of what the view says, on these nodes. */
    public DriftCheck(
            ClusterView view, TaskStore store, Nodes nodes, SettingsMetrics metrics, Rules rules) {
        this.view = view;
        this.store = store;
        this.nodes = nodes;
        this.metrics = metrics;
        this.rules = rules;
    }

    @Override
    public String name() {
        return "settings-drift";
    }

    @Override
    public Duration pause() {
        return rules.interval();
    }

    @Override
    public void step(Predicate<String> owned) {
        // One that hangs is waited for once, not for each index.
        Set<String> silent = new HashSet<>();
        for (IndexView index : view.indexes()) {
            for (String node : index.topology().nodes()) {
                boolean checked =
                        index.settled(node) && holdsAny(index, node) && !silent.contains(node);
                if (checked && owned.test(index.row().uid() + '/' + node)) {
                    switch (ask(index, node)) {
                        case NodeReply.Answer answer -> compare(index, node, answer);
                        case NodeReply.Refusal _ -> {}
                        case NodeReply.Failure _ -> silent.add(node);
                    }
                }
            }
        }
    }

    private NodeReply ask(IndexView index, String node) {
        return nodes.ask(node, SettingsReadBack.request(index.row().physicalUid()));
    }

    private void compare(IndexView index, String node, NodeReply.Answer answer) {
        ObjectNode inForce = NodeSettings.derive(Json.parseObject(index.row().settingsJson()));
        if (SettingsReadBack.matches(inForce, answer.body()) || changed(index, node)) {
            return;
        }
        metrics.mismatch();
        LOG.warn("node {} has other settings of {} than are in force", node, index.row().uid());
        if (rules.repairs()) {
            // Says nothing if others are in force by now: what was read is older than they are.
            store.lanes()
                    .doubt(
                            index.row().uid(),
                            index.row().incarnation(),
                            node,
                            index.row().settingsVersion())
                    .orThrow();
        }
    }

    /** Whether a change began while the node was asked. */
    private boolean changed(IndexView before, String node) {
        return view.index(before.row().uid())
                .filter(now -> now.row().incarnation() == before.row().incarnation())
                .filter(now -> now.row().settingsVersion() == before.row().settingsVersion())
                .filter(now -> now.settled(node))
                .isEmpty();
    }

    private static boolean holdsAny(IndexView index, String node) {
        return index.topology().shardsOf(node).stream()
                .anyMatch(shard -> index.state(node, shard) == ReplicaState.IN_SYNC);
    }
}
