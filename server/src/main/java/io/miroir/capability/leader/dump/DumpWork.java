package io.miroir.capability.leader.dump;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.StoredNetwork;
import io.miroir.cluster.StoredRules;
import io.miroir.cluster.SwitchedFeatures;
import io.miroir.duty.EarlierTasks;
import io.miroir.duty.TaskDuty;
import io.miroir.fanout.read.DocumentReads;
import io.miroir.fanout.read.IndexWalk;
import io.miroir.fanout.read.KnownIndexes;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.index.IndexRow;
import io.miroir.store.task.TaskRow;
import io.miroir.store.webhook.Webhooks;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one dump of the cluster that a single Meilisearch imports. It has every write that was
 * answered before the dump was asked for; of what is written meanwhile each index has some.
 */
public final class DumpWork implements TaskDuty.Work {
    private static final Logger LOG = LoggerFactory.getLogger(DumpWork.class);

    /** An index is begun anew when its replicas change under the walk. */
    private static final int INDEX_TRIES_MAX = 10;

    private final TaskStore store;
    private final ClusterView view;
    private final DocumentReads reads;
    private final DumpDirectory directory;
    private final DumpMetrics metrics;
    private final KnownIndexes indexes;
    private final IndexWalk documents;
    private final EarlierTasks earlier;

    /** Dumps of that store's cluster. */
    public DumpWork(
            TaskStore store,
            ClusterView view,
            DocumentReads reads,
            DumpDirectory directory,
            CollectorRegistry registry) {
        this.store = store;
        this.view = view;
        this.reads = reads;
        this.directory = directory;
        this.metrics = new DumpMetrics(registry);
        // Replicas may leave a node while its documents are read: who is asked is looked up anew.
        this.indexes = new KnownIndexes(view);
        this.documents =
                new IndexWalk(
                        (index, after, limit) ->
                                reads.walk(indexes.asNow(index), after, limit, null),
                        metrics);
        this.earlier = new EarlierTasks(store, view, ErrorCode.DUMP_PROCESS_FAILED);
    }

    @Override
    public String run(TaskRow task) throws InterruptedException {
        try {
            earlier.await(task.uid());
            return Json.text(Json.object().put("dumpUid", write(task)));
        } catch (DumpDirectory.NoRoomException full) {
            metrics.noRoom();
            throw new ApiException(
                    ErrorCode.NO_SPACE_LEFT_ON_DEVICE, String.valueOf(full.getMessage()));
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LOG.warn("the dump of task {} was not written", task.uid(), e);
            throw new ApiException(
                    ErrorCode.DUMP_PROCESS_FAILED, "The dump was not written: " + e.getMessage());
        } finally {
            metrics.left(0);
        }
    }

    private String write(TaskRow task) throws IOException, InterruptedException {
        Instant begun = DumpWords.instant(store.nowMicros());
        String uid = DumpWords.uid(begun);
        directory.prepare();
        try (DumpFile file = new DumpFile(directory, uid, begun)) {
            file.cluster(
                    DumpWords.metadata(
                            reads.version().path("pkgVersion").asString("1.50.0"), begun),
                    view.keys().all().stream().map(DumpWords::key).toList(),
                    DumpWords.webhooks(store.webhooks().list(ReadLevel.LOCAL, Webhooks.ROWS_MAX)),
                    DumpWords.network(new StoredNetwork(store).now()),
                    new SwitchedFeatures(store).now().toJson());
            addRules(file);
            // One moment's, so that no name comes twice: indexes may swap theirs meanwhile.
            List<IndexRow> rows = store.indexes().list(ReadLevel.LOCAL);
            for (int i = 0; i < rows.size(); i++) {
                metrics.left(rows.size() - i);
                addIndex(file, rows.get(i), task);
                LOG.info("dump {}: {} of {} indexes", uid, i + 1, rows.size());
            }
            TaskDuty.requireOpen(store.tasks(), task.uid());
            file.keep();
        }
        return uid;
    }

    private void addRules(DumpFile file) throws IOException {
        StoredRules.Read read = new StoredRules(store).read(ReadLevel.LOCAL);
        if (read.rules().size() > 0) {
            file.rules(read.rules().all(), read.updatedAt());
        }
    }

    /** One that is deleted meanwhile is left out. */
    private void addIndex(DumpFile file, IndexRow named, TaskRow task)
            throws IOException, InterruptedException {
        for (int tries = 1; ; tries++) {
            // As it is set now.
            Optional<IndexView> index = indexes.of(named.incarnation());
            if (index.isEmpty()) {
                return;
            }
            OptionalLong bytes = tryDocuments(file, index.get(), task);
            if (bytes.isPresent()) {
                file.index(named.uid(), index.get().row(), bytes.getAsLong());
                return;
            }
            if (tries == INDEX_TRIES_MAX) {
                throw new ApiException(
                        ErrorCode.DUMP_PROCESS_FAILED,
                        "The replicas of index `%s` changed again and again while it was read."
                                .formatted(named.uid()));
            }
        }
    }

    /** Empty if they must be written anew. */
    private OptionalLong tryDocuments(DumpFile file, IndexView index, TaskRow task)
            throws IOException, InterruptedException {
        AtomicLong bytes = new AtomicLong();
        try (OutputStream out = file.documents()) {
            boolean whole =
                    documents.through(
                            index,
                            page -> {
                                TaskDuty.requireOpen(store.tasks(), task.uid());
                                for (byte[] line : page) {
                                    out.write(line);
                                    out.write('\n');
                                    bytes.addAndGet(line.length + 1L);
                                }
                            });
            return whole ? OptionalLong.of(bytes.get()) : OptionalLong.empty();
        } catch (ApiException unavailable) {
            if (indexes.of(index.row().incarnation()).isEmpty()) {
                return OptionalLong.empty();
            }
            throw unavailable;
        }
    }
}
