package io.miroir.fanout.read;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;

/** What reads cost and where they fell short. */
public final class ReadMetrics {
    private final Histogram fanOut;
    private final Counter partial;
    private final Counter retries;
    private final Counter pinsPassedOver;

    /** Registers the metrics. */
    public ReadMetrics(CollectorRegistry registry) {
        this.fanOut =
                Histogram.build("miroir_scatter_fan_out_size", "Nodes asked for one read.")
                        .buckets(1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64)
                        .register(registry);
        this.partial =
                Counter.build("miroir_scatter_partial_responses_total", "Answers that lack shards.")
                        .register(registry);
        this.retries =
                Counter.build(
                                "miroir_scatter_retries_total",
                                "Requests sent again to another replica.")
                        .register(registry);
        this.pinsPassedOver =
                Counter.build(
                                "miroir_search_pins_passed_over_total",
                                "Documents that rules pin beyond those that one search may have.")
                        .register(registry);
    }

    void asked(int nodes, boolean again) {
        if (again) {
            retries.inc(nodes);
        } else {
            fanOut.observe(nodes);
        }
    }

    void lacked() {
        partial.inc();
    }

    void pinsPassedOver(int pins) {
        pinsPassedOver.inc(pins);
    }
}
