package io.miroir.capability.leader.export;

import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.export.ExportDetails;
import io.miroir.api.export.ExportRequest;
import io.miroir.cluster.ClusterView;
import io.miroir.duty.EarlierTasks;
import io.miroir.duty.TaskDuty;
import io.miroir.fanout.export.ExportClient;
import io.miroir.fanout.lane.TaskRoom;
import io.miroir.fanout.read.DocumentReads;
import io.miroir.fanout.read.KnownIndexes;
import io.miroir.store.ReadLevel;
import io.miroir.store.Rooms;
import io.miroir.store.TaskStore;
import io.miroir.store.index.IndexRow;
import io.miroir.store.task.TaskRow;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends indexes to another Meilisearch, one after the other: the index if that has none of the
 * name, then its settings, then its documents. It has every write that was answered before the
 * export was asked for; of what is written meanwhile each index has some. If the leader is lost,
 * the next one goes on with the index that was not done.
 */
public final class ExportWork implements TaskDuty.FencedWork {
    private static final Logger LOG = LoggerFactory.getLogger(ExportWork.class);

    private final String podId;
    private final TaskStore store;
    private final ClusterView view;
    private final ExportClient client;
    private final RandomGenerator random;
    private final Duration retriesMax;
    private final ExportMetrics metrics;
    private final EarlierTasks earlier;
    private final DocumentReads reads;

    /** What it works with. */
    public record Surroundings(
            String podId, TaskStore store, ClusterView view, DocumentReads reads) {}

    /** Exports of that cluster. */
    public ExportWork(
            Surroundings cluster,
            ExportClient client,
            RandomGenerator random,
            CollectorRegistry registry) {
        this(cluster, client, random, Retries.ALL_MAX, registry);
    }

    ExportWork(
            Surroundings cluster,
            ExportClient client,
            RandomGenerator random,
            Duration retriesMax,
            CollectorRegistry registry) {
        this.podId = cluster.podId();
        this.store = cluster.store();
        this.view = cluster.view();
        this.reads = cluster.reads();
        this.client = client;
        this.random = random;
        this.retriesMax = retriesMax;
        this.metrics = new ExportMetrics(registry);
        this.earlier = new EarlierTasks(store, view, ErrorCode.INTERNAL);
    }

    @Override
    public String run(TaskRow task, Rooms fenced) throws InterruptedException {
        Progress progress = Progress.take(fenced, podId, task.uid());
        try {
            return run(task, progress);
        } finally {
            metrics.left(0);
        }
    }

    private String run(TaskRow task, Progress progress) throws InterruptedException {
        ObjectNode details = Json.parseObject(task.detailsJson());
        ExportRequest request = ExportDetails.request(details);
        Retries retries =
                new Retries(
                        retriesMax, random, () -> TaskDuty.requireOpen(store.tasks(), task.uid()));
        IndexExport export =
                new IndexExport(
                        new Target(request, client, retries),
                        request.payloadBytes(),
                        new KnownIndexes(view),
                        reads,
                        metrics,
                        progress);
        earlier.await(task.uid());
        List<IndexRow> rows = chosen(request);
        SortedMap<String, Long> matched = new TreeMap<>();
        for (int i = 0; i < rows.size(); i++) {
            metrics.left(rows.size() - i);
            String uid = rows.get(i).uid();
            OptionalLong done = progress.done(rows.get(i));
            if (done.isEmpty()) {
                done = export.send(rows.get(i), ExportDetails.chosen(request, uid).orElseThrow());
                LOG.info("task {}: {} of {} indexes sent", task.uid(), i + 1, rows.size());
            }
            // One that is deleted meanwhile is left out.
            done.ifPresent(documents -> matched.put(uid, documents));
        }
        return Json.text(ExportDetails.succeeded(details, matched, TaskRoom.DETAILS_BYTES_MAX));
    }

    /** Of one moment: indexes may move their names meanwhile. */
    private List<IndexRow> chosen(ExportRequest request) {
        return store.indexes().list(ReadLevel.LOCAL).stream()
                .filter(index -> ExportDetails.chosen(request, index.uid()).isPresent())
                .sorted(Comparator.comparing(IndexRow::uid))
                .toList();
    }
}
