package io.miroir.edge;

import io.miroir.api.rules.RuleList;
import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** How many dynamic search rules there are, and what found no room among them. */
final class RuleMetrics extends Collector {
    private final Supplier<RuleList> rules;
    private final LongAdder refused = new LongAdder();

    /** Of these rules. */
    RuleMetrics(Supplier<RuleList> rules) {
        this.rules = rules;
    }

    /** A change was refused because there would be too many. */
    void refused() {
        refused.increment();
    }

    @Override
    public List<MetricFamilySamples> collect() {
        RuleList now = rules.get();
        return List.of(
                new GaugeMetricFamily(
                        "miroir_search_rules",
                        "Dynamic search rules, at most %d.".formatted(RuleList.RULES_MAX),
                        now.size()),
                new GaugeMetricFamily(
                        "miroir_search_rules_bytes",
                        "Bytes of all rules, at most %d.".formatted(RuleList.BYTES_MAX),
                        now.bytes()),
                new CounterMetricFamily(
                        "miroir_search_rules_refused_total",
                        "Changes of rules that this pod refused because there would be too many.",
                        refused.sum()));
    }
}
