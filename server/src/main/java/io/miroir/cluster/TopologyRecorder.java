package io.miroir.cluster;

import io.miroir.duty.LeaderDuty;
import io.miroir.store.ReadLevel;
import io.miroir.store.Rooms;
import java.time.Duration;

/**
 * Writes the shape of the fleet into the task store where there is none yet. From then on all pods
 * go by that, whatever they are configured with.
 */
public final class TopologyRecorder implements LeaderDuty {
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final Fleet fleet;

    /** Records that fleet. */
    public TopologyRecorder(Fleet fleet) {
        this.fleet = fleet;
    }

    @Override
    public String name() {
        return "topology-recorder";
    }

    @Override
    public Duration pause() {
        return PAUSE;
    }

    @Override
    public void step(Rooms fenced) {
        if (fenced.topology().get(ReadLevel.LOCAL).isEmpty()) {
            fenced.topology().replace(fleet.toJson(), 0).orThrow();
        }
    }
}
