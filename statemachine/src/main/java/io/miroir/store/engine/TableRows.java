package io.miroir.store.engine;

import io.miroir.sqlite.Sql;
import io.miroir.store.ReadLevel;
import io.miroir.store.StoreUnavailableException;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;

/**
 * Rows of each table, counted when they are asked for, beside reads and writes: some milliseconds
 * for a million.
 */
public final class TableRows extends Collector {
    private final Reads reads;

    public TableRows(Reads reads) {
        this.reads = reads;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        try {
            return List.of(reads.scan(ReadLevel.LOCAL, TableRows::counted));
        } catch (StoreUnavailableException closed) {
            return List.of();
        }
    }

    private static GaugeMetricFamily counted(Sql sql) {
        GaugeMetricFamily rows =
                new GaugeMetricFamily(
                        "miroir_task_store_rows", "Rows of a table.", List.of("table"));
        for (String table : DigestReads.tables(sql)) {
            rows.addMetric(List.of(table), (double) sql.number("SELECT count(*) FROM " + table));
        }
        return rows;
    }
}
