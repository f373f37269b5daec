package io.miroir.capability.partitioned.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.fanout.lane.LaneHolder;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** The index's lane, held by copies and moves. What comes in sync then is looked at. */
final class SimulatedLane implements LaneHolder {
    /** Clients write side by side; what waits for a lane's turn shares it. */
    private static final int WRITERS = 4;

    private final SimulatedCluster cluster;
    private final SimulatedClients clients;
    private final ReplicaChecks checks;
    private final BooleanSupplier loaded;
    private long heldNanosMax;

    /** Under load those that wait for their turn come first. */
    SimulatedLane(
            SimulatedCluster cluster,
            SimulatedClients clients,
            ReplicaChecks checks,
            BooleanSupplier loaded) {
        this.cluster = cluster;
        this.clients = clients;
        this.checks = checks;
        this.loaded = loaded;
    }

    /** For how long it was held at most. */
    Duration heldMax() {
        return Duration.ofNanos(heldNanosMax);
    }

    @Override
    public boolean mayFeed(String node) {
        return cluster.quiet || !cluster.chance(0.05);
    }

    @Override
    public boolean owns(String name) {
        return true;
    }

    @Override
    public <T> Optional<T> hold(String name, Held<T> work) throws InterruptedException {
        assertEquals(cluster.lane, name, "that lane is another index's, or nobody's");
        if (loaded.getAsBoolean()) {
            clients.write(WRITERS);
        }
        cluster.held = true;
        long sinceNanos = cluster.nanos.get();
        try {
            Set<String> before = cluster.inSync();
            T result = work.run(cluster.epoch);
            Set<String> now = cluster.inSync();
            now.removeAll(before);
            for (String replica : now) {
                String[] parts = replica.split("/", -1);
                checks.assertHolds(parts[0], Integer.parseInt(parts[1]));
            }
            return Optional.of(result);
        } finally {
            heldNanosMax = Math.max(heldNanosMax, cluster.nanos.get() - sinceNanos);
            cluster.held = false;
        }
    }
}
