package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.indexes.StatsQuery;
import io.miroir.api.tasks.TaskStatus;
import io.miroir.api.tasks.TaskType;
import io.miroir.api.tasks.TasksQuery;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.IndexView;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.read.StatsReads;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.task.TaskRow;
import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.GaugeMetricFamily;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/**
 * The figures of Meilisearch's own {@code /metrics}, of the whole cluster: documents counted once,
 * sizes as sums over nodes, tasks of the task store. Requests are those of this pod. What speaks of
 * one database file or of one batch's steps has no counterpart and is left out.
 */
final class MeilisearchMetrics extends Collector {
    private static final String PREFIX = "meilisearch_";
    private static final StatsQuery BYTES = new StatsQuery(false, false);
    private static final double MICROS_PER_SECOND = 1e6;

    private final ClusterView view;
    private final Edge.Reads reads;
    private final TaskStore store;
    private final CollectorRegistry own;

    MeilisearchMetrics(ClusterView view, Edge.Reads reads, TaskStore store, CollectorRegistry own) {
        this.view = view;
        this.reads = reads;
        this.store = store;
        this.own = own;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        List<MetricFamilySamples> families = new ArrayList<>(ofIndexes());
        families.add(tasks());
        families.addAll(queue());
        families.add(requests());
        families.add(durations());
        families.add(
                gauge(
                        "searches_running",
                        "Searches Running",
                        sample("miroir_request_slots_taken")));
        return families;
    }

    private List<MetricFamilySamples> ofIndexes() {
        GaugeMetricFamily counts =
                new GaugeMetricFamily(
                        PREFIX + "index_docs_count",
                        "Meilisearch Index Docs Count",
                        List.of("index"));
        List<IndexView> indexes = List.copyOf(view.indexes());
        long bytes = 0;
        long lastUpdate = 0;
        for (Map.Entry<String, ObjectNode> counted : counted(indexes).entrySet()) {
            ObjectNode stats = counted.getValue();
            long count = stats.path("numberOfDocuments").asLong(0);
            counts.addMetric(List.of(counted.getKey()), (double) count);
            bytes += stats.path("rawDocumentDbSize").asLong(0);
        }
        for (IndexView index : indexes) {
            lastUpdate = Math.max(lastUpdate, index.row().updatedAt());
        }
        return List.of(
                gauge("db_size_bytes", "DB Size In Bytes", (double) bytes),
                gauge("used_db_size_bytes", "Used DB Size In Bytes", (double) bytes),
                gauge("index_count", "Index Count", indexes.size()),
                gauge(
                        "last_update",
                        "Last Update",
                        (double) TimeUnit.MICROSECONDS.toSeconds(lastUpdate)),
                counts);
    }

    /** Of indexes that nobody can count now there is a gap, and all other figures can be read. */
    private Map<String, ObjectNode> counted(List<IndexView> indexes) {
        Map<String, ObjectNode> counted = new LinkedHashMap<>();
        try (AnswerBudget.Share share = reads.answers().open()) {
            StatsReads.Counted told = reads.stats().ofAll(indexes, BYTES, share);
            for (IndexView index : indexes) {
                try {
                    counted.put(index.row().uid(), told.of(index));
                } catch (ApiException uncovered) {
                    // Others can be counted.
                }
            }
        } catch (ApiException noRoom) {
            // What clients ask for goes before.
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        return counted;
    }

    private GaugeMetricFamily tasks() {
        GaugeMetricFamily tasks =
                new GaugeMetricFamily(
                        PREFIX + "nb_tasks",
                        "Meilisearch Number of tasks",
                        List.of("kind", "value"));
        for (IndexView index : view.indexes()) {
            String uid = index.row().uid();
            tasks.addMetric(List.of("indexes", uid), count("indexUids", uid));
        }
        for (TaskStatus status : TaskStatus.values()) {
            String name = status.wireName();
            tasks.addMetric(List.of("statuses", name), count("statuses", name));
        }
        for (TaskType type : TaskType.values()) {
            // Of dynamic search rules, which a cluster does not have.
            if (io.miroir.store.task.TaskType.of(type.wireName()).isPresent()) {
                tasks.addMetric(List.of("types", type.wireName()), count("types", type.wireName()));
            }
        }
        return tasks;
    }

    private double count(String filter, String value) {
        TasksQuery query = TasksQuery.list(Map.of(filter, value, "limit", "0"));
        return (double) store.tasks().uids(ReadLevel.LOCAL, StoredTasks.query(query)).total();
    }

    private List<MetricFamilySamples> queue() {
        TasksQuery oldest =
                TasksQuery.list(
                        Map.of("statuses", "enqueued,processing", "limit", "1", "reverse", "true"));
        List<TaskRow> waiting =
                store.tasks().list(ReadLevel.LOCAL, StoredTasks.query(oldest)).tasks();
        double latencySeconds =
                waiting.isEmpty()
                        ? 0
                        : (double) (store.nowMicros() - waiting.getFirst().dates().enqueuedAt())
                                / MICROS_PER_SECOND;
        return List.of(
                gauge(
                        "task_queue_latency_seconds",
                        "Task Queue Latency in Seconds",
                        latencySeconds),
                gauge("is_indexing", "Is Indexing", count("statuses", "processing") > 0 ? 1 : 0));
    }

    private MetricFamilySamples requests() {
        return new MetricFamilySamples(
                PREFIX + "http_requests",
                Type.COUNTER,
                "Meilisearch HTTP requests total",
                samples("miroir_requests_total").stream()
                        .map(
                                sample ->
                                        new Sample(
                                                PREFIX + "http_requests_total",
                                                List.of("method", "path", "status"),
                                                sample.labelValues,
                                                sample.value))
                        .toList());
    }

    /** As Meilisearch has them: of all statuses together. */
    private MetricFamilySamples durations() {
        String ours = "miroir_request_duration_seconds";
        String theirs = PREFIX + "http_response_time_seconds";
        Map<Sample, Double> sums = new LinkedHashMap<>();
        for (String suffix : List.of("_bucket", "_count", "_sum")) {
            for (Sample sample : samples(ours + suffix)) {
                List<String> names = new ArrayList<>(List.of("method", "path"));
                List<String> values = new ArrayList<>(sample.labelValues.subList(0, 2));
                if (suffix.equals("_bucket")) {
                    names.add("le");
                    values.add(sample.labelValues.get(sample.labelNames.indexOf("le")));
                }
                sums.merge(
                        new Sample(theirs + suffix, names, values, 0), sample.value, Double::sum);
            }
        }
        return new MetricFamilySamples(
                theirs,
                Type.HISTOGRAM,
                "Meilisearch HTTP response times",
                sums.entrySet().stream()
                        .map(
                                sum ->
                                        new Sample(
                                                sum.getKey().name,
                                                sum.getKey().labelNames,
                                                sum.getKey().labelValues,
                                                sum.getValue()))
                        .toList());
    }

    private double sample(String name) {
        return samples(name).stream()
                .filter(sample -> sample.labelValues.equals(List.of(Gate.Kind.OTHER.label())))
                .mapToDouble(sample -> sample.value)
                .sum();
    }

    private List<Sample> samples(String name) {
        List<Sample> samples = new ArrayList<>();
        own.filteredMetricFamilySamples(Set.of(name))
                .asIterator()
                .forEachRemaining(family -> samples.addAll(family.samples));
        return samples;
    }

    private static GaugeMetricFamily gauge(String name, String help, double value) {
        return new GaugeMetricFamily(PREFIX + name, "Meilisearch " + help, value);
    }
}
