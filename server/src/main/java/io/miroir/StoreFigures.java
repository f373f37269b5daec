package io.miroir;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import java.util.Collections;
import java.util.List;

/** Figures of the store that is open: one that takes another's place counts anew. */
final class StoreFigures extends Collector {
    private volatile CollectorRegistry current = new CollectorRegistry();

    /** Where a store counts that is opened now. */
    CollectorRegistry next() {
        CollectorRegistry next = new CollectorRegistry();
        current = next;
        return next;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        return Collections.list(current.metricFamilySamples());
    }
}
