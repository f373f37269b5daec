package io.miroir.cluster;

import io.miroir.duty.LeaderDuty;
import io.miroir.store.ReadLevel;
import io.miroir.store.Rooms;
import io.miroir.store.topology.Topologies;
import io.miroir.store.topology.TopologyRow;
import java.time.Duration;
import java.util.Optional;

/**
 * Writes the shape of the fleet into the task store where there is none yet, and the addresses of
 * nodes where a topology of an earlier program has none. From then on all pods go by that, whatever
 * they are configured with.
 */
public final class TopologyRecorder implements LeaderDuty {
    private static final Duration PAUSE_MIN = Duration.ofSeconds(1);
    private static final Duration PAUSE_MAX = Duration.ofMinutes(1);
    private static final int DOUBLINGS_MAX = 6;

    private final Fleet fleet;

    /** Steps since the topology was last seen as it should be. */
    private int tries;

    /** Records that fleet. */
    public TopologyRecorder(Fleet fleet) {
        this.fleet = fleet;
    }

    @Override
    public String name() {
        return "topology-recorder";
    }

    // Nodes are not marked before there is a topology: what failed is soon tried again.
    @Override
    public Duration pause() {
        if (tries == 0) {
            return PAUSE_MAX;
        }
        Duration doubled = PAUSE_MIN.multipliedBy(1L << Math.min(tries - 1, DOUBLINGS_MAX));
        return doubled.compareTo(PAUSE_MAX) < 0 ? doubled : PAUSE_MAX;
    }

    @Override
    public void step(Rooms fenced) {
        tries++;
        Optional<TopologyRow> known = fenced.topology().get(ReadLevel.LOCAL);
        String wanted = known.map(row -> fleet.completed(row.json())).orElseGet(fleet::toJson);
        if (known.filter(row -> row.json().equals(wanted)).isPresent()) {
            tries = 0;
            return;
        }
        // If somebody else replaced it the next step looks again.
        long version = known.map(TopologyRow::version).orElse(0L);
        Topologies.Replacement _ = fenced.topology().replace(wanted, version).orThrow();
    }
}
