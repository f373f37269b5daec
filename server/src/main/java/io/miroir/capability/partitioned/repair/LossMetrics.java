package io.miroir.capability.partitioned.repair;

import io.miroir.core.repair.LossPlan;
import io.miroir.core.topology.ShardSet;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;

/** What operators gave up by way of this pod. */
public final class LossMetrics {
    private final Counter accepted;
    private final Counter shards;
    private final Counter givenUp;

    /** Registers the metrics. */
    public LossMetrics(CollectorRegistry registry) {
        this.accepted =
                Counter.build("miroir_losses_accepted_total", "Losses that operators accepted.")
                        .register(registry);
        this.shards =
                Counter.build(
                                "miroir_loss_shards_total",
                                "Shards that count as some node has them, by accepted losses.")
                        .register(registry);
        this.givenUp =
                Counter.build(
                                "miroir_loss_replicas_given_up_total",
                                "Replicas in sync of nodes that did not answer, given up.")
                        .register(registry);
    }

    void accepted(LossPlan plan) {
        accepted.inc();
        shards.inc(plan.shards().size());
        givenUp.inc(plan.givenUp().values().stream().mapToInt(ShardSet::size).sum());
    }
}
