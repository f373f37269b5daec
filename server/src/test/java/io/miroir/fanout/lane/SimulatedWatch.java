package io.miroir.fanout.lane;

import io.miroir.capability.partitioned.repair.LateWatch;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.Holds;
import java.util.Optional;

/** The owner of a simulation's lane looks for what came late to its nodes. */
final class SimulatedWatch {
    private SimulatedWatch() {}

    /** One that has looked at nothing yet looks at one index. */
    static void look(LaneFixture pod, NodeHealth health, String index, Lane owner) {
        LaneHolder lanes =
                new LaneHolder() {
                    @Override
                    public boolean owns(String lane) {
                        return lane.equals(index);
                    }

                    @Override
                    public boolean mayFeed(String node) {
                        return true;
                    }

                    @Override
                    public <T> Optional<T> hold(String lane, Held<T> work)
                            throws InterruptedException {
                        return owner.hold(() -> true, work);
                    }
                };
        LaneContext context = pod.context;
        new LateWatch(
                        new CopyContext(
                                context.podId(),
                                context.store(),
                                context.view(),
                                context.nodes(),
                                health,
                                lanes,
                                Holds.upTo(LaneFixture.PATIENCE)))
                .step(_ -> true);
    }
}
