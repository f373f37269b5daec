package io.miroir.edge;

import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/** How aliases are used. What is counted of one goes with it: labels don't outlive aliases. */
final class AliasMetrics extends Collector {
    private final Predicate<String> known;
    private final Map<String, LongAdder> resolutions = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> flips = new ConcurrentHashMap<>();

    /**
     * Nothing was counted yet.
     *
     * @param known whether there is an alias of that name
     */
    AliasMetrics(Predicate<String> known) {
        this.known = known;
    }

    /** An alias was followed to its indexes. */
    void resolved(String alias) {
        resolutions.computeIfAbsent(alias, _ -> new LongAdder()).increment();
    }

    /** An alias was turned. */
    void flipped(String alias) {
        flips.computeIfAbsent(alias, _ -> new LongAdder()).increment();
    }

    @Override
    public List<MetricFamilySamples> collect() {
        return List.of(
                family(
                        "miroir_alias_resolutions_total",
                        "Times that an alias was followed to its indexes.",
                        resolutions),
                family("miroir_alias_flips_total", "Times that this pod turned an alias.", flips));
    }

    private MetricFamilySamples family(String name, String help, Map<String, LongAdder> counts) {
        counts.keySet().removeIf(alias -> !known.test(alias));
        CounterMetricFamily family = new CounterMetricFamily(name, help, List.of("alias"));
        counts.forEach((alias, count) -> family.addMetric(List.of(alias), count.doubleValue()));
        return family;
    }
}
