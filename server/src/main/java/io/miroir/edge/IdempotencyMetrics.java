package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.cluster.peer.PassedAnswer;
import io.miroir.fanout.lane.LaneReply;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;

/** What became of writes with an idempotency key, counted by the pod that was asked. */
final class IdempotencyMetrics {
    private final Counter hits;

    IdempotencyMetrics(CollectorRegistry registry) {
        this.hits =
                Counter.build(
                                "miroir_idempotency_hits_total",
                                "Writes with an idempotency key, by what was known of it.")
                        .labelNames("outcome")
                        .register(registry);
        for (String outcome : new String[] {"miss", "dedup", "conflict"}) {
            hits.labels(outcome);
        }
    }

    void answered(PassedAnswer answer) {
        if (answer.status() == ErrorCode.MIROIR_IDEMPOTENCY_KEY_REUSED.status()) {
            hits.labels("conflict").inc();
        } else if (answer.status() == 202) {
            boolean known = answer.headers().containsKey(LaneReply.DEDUPLICATED);
            hits.labels(known ? "dedup" : "miss").inc();
        }
    }

    void refused(ApiException refusal) {
        if (refusal.code() == ErrorCode.MIROIR_IDEMPOTENCY_KEY_REUSED) {
            hits.labels("conflict").inc();
        }
    }
}
