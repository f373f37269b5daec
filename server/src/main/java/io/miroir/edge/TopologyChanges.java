package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.FleetChange;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.NodeAddresses;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.cluster.lease.Reports;
import io.miroir.core.layout.Layout;
import io.miroir.core.layout.LayoutChange;
import io.miroir.core.layout.MovePlan;
import io.miroir.core.topology.Topology;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.TaskStore;
import io.miroir.store.topology.Topologies.Replacement;
import io.miroir.store.topology.TopologyRow;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Begins changes of the nodes, and takes them back; says where nodes are. Refuses what can't be.
 */
final class TopologyChanges {
    /** The topology is also written when a node is marked: that is no other change. */
    private static final int TRIES_MAX = 10;

    private final TaskStore store;
    private final ClusterView view;
    private final NodeHealth health;
    private final Reports reports;
    private final boolean repairs;

    /**
     * Has begun nothing.
     *
     * @param repairs whether replicas are brought back, without which nothing moves
     */
    TopologyChanges(
            TaskStore store,
            ClusterView view,
            NodeHealth health,
            Reports reports,
            boolean repairs) {
        this.store = store;
        this.view = view;
        this.health = health;
        this.reports = reports;
        this.repairs = repairs;
    }

    /** What a replaced topology says. */
    @FunctionalInterface
    private interface Next {
        String json(TopologyRow row) throws InterruptedException;
    }

    /**
     * Begins a change; it goes on when this comes back.
     *
     * @throws ApiException if it can't be made, with the reason
     */
    void begin(LayoutChange change, NodeAddresses told) throws InterruptedException {
        replace(
                row -> {
                    // At least as new as that; if it is newer the topology is not replaced.
                    view.catchUp();
                    Fleet fleet = view.fleet();
                    Layout then = after(change, fleet);
                    requireRepairs();
                    requireNew(fleet, then);
                    requireSafe(then);
                    return new FleetChange(change.words(), then, store.nowMicros())
                            .begunIn(row.json(), located(fleet, then, told));
                });
    }

    /** Has the nodes become again what they were before the change that is under way. */
    void takeBack() throws InterruptedException {
        replace(
                row ->
                        FleetChange.of(row.json())
                                .orElseThrow(() -> refused("none of them changes"))
                                .takenBackIn(row.json(), store.nowMicros()));
    }

    /** Has a node be asked elsewhere from now on. */
    void move(String node, URI address) throws InterruptedException {
        replace(
                row ->
                        switch (NodeAddresses.move(row.json(), node, address)) {
                            case NodeAddresses.Move.Moved(String json) -> json;
                            case NodeAddresses.Move.Refused(String why) -> throw refused(why);
                        });
    }

    /** The nodes after a change that is not made yet. */
    static Layout after(LayoutChange change, Fleet fleet) {
        fleet.change()
                .ifPresent(
                        first -> {
                            throw refused(
                                    "`"
                                            + first.name()
                                            + "` is under way; wait for its end, or take it back");
                        });
        return switch (fleet.layout().after(change)) {
            case Layout.Outcome.Changed(Layout then) -> then;
            case Layout.Outcome.Refused(String why) -> throw refused(why);
        };
    }

    private void replace(Next next) throws InterruptedException {
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            TopologyRow row =
                    store.topology()
                            .get(ReadLevel.LINEARIZABLE)
                            .orElseThrow(() -> refused("they are not recorded yet"));
            Reply<Replacement> reply = store.topology().replace(next.json(row), row.version());
            if (reports.told(reply) instanceof Replacement.Replaced) {
                return;
            }
        }
        throw refused("they are changed by others again and again");
    }

    private void requireRepairs() {
        if (!repairs) {
            throw refused("replica_repair is switched off, and nothing would be moved without it");
        }
    }

    // What is believed of its replicas is of the time when it had that name before.
    private void requireNew(Fleet fleet, Layout then) {
        for (IndexView index : view.indexes()) {
            for (String node : coming(fleet, then)) {
                if (!index.held(node, index.row().shards()).isEmpty()) {
                    throw refused(
                            "node %s is known to have replicas of index %s; take another id"
                                    .formatted(node, index.row().uid()));
                }
            }
        }
    }

    /** Where the nodes are that come: as told, else as this pod is configured. */
    private static NodeAddresses located(Fleet fleet, Layout then, NodeAddresses told) {
        Map<URI, String> taken = new HashMap<>();
        for (String node : fleet.nodes()) {
            URI address = fleet.address(node);
            if (address != null) {
                taken.put(address, node);
            }
        }
        Map<String, URI> located = new TreeMap<>();
        for (String node : coming(fleet, then)) {
            URI address = told.byNode().getOrDefault(node, fleet.address(node));
            if (address == null) {
                throw refused("nobody knows where node " + node + " is; say its address");
            }
            String other = taken.put(address, node);
            if (other != null) {
                throw refused("node " + other + " is at " + address);
            }
            located.put(node, address);
        }
        for (String node : told.byNode().keySet()) {
            if (!located.containsKey(node)) {
                throw refused("node " + node + " has an address and does not come");
            }
        }
        return new NodeAddresses(located);
    }

    private static Set<String> coming(Fleet fleet, Layout then) {
        Set<String> coming = new TreeSet<>();
        then.groups().forEach(coming::addAll);
        fleet.groups().forEach(coming::removeAll);
        return coming;
    }

    private void requireSafe(Layout then) {
        List<String> obstacles = new ArrayList<>();
        Fleet fleet = view.fleet();
        Fleet lying = new Fleet(fleet.shards(), then.replicationFactor(), then.groups());
        for (IndexView index : view.indexes()) {
            Topology now = index.topology();
            MovePlan plan = MovePlan.of(now, lying.topology(now.shards()), index, health::usable);
            obstacles.addAll(plan.obstacles(index.row().uid()));
        }
        if (!obstacles.isEmpty()) {
            throw refused(String.join("; ", obstacles));
        }
    }

    private static ApiException refused(String why) {
        return new ApiException(
                ErrorCode.MIROIR_TOPOLOGY_REFUSED, "The nodes stay as they are: " + why + ".");
    }
}
