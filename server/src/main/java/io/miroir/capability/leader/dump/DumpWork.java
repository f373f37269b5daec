package io.miroir.capability.leader.dump;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.StoredNetwork;
import io.miroir.cluster.StoredRules;
import io.miroir.cluster.SwitchedFeatures;
import io.miroir.duty.TaskDuty;
import io.miroir.fanout.read.DocumentReads;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.index.IndexRow;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskType;
import io.miroir.store.webhook.Webhooks;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one dump of the cluster that a single Meilisearch imports. It has every write that was
 * answered before the dump was asked for; of what is written meanwhile each index has some.
 */
public final class DumpWork implements TaskDuty.Work {
    private static final Logger LOG = LoggerFactory.getLogger(DumpWork.class);

    /** How long tasks may take that were there before the dump. */
    private static final Duration EARLIER_TASKS_MAX = Duration.ofHours(1);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private static final Duration CATCH_UP_MAX = Duration.ofSeconds(30);

    /** An index is begun anew when its replicas change under the walk. */
    private static final int INDEX_TRIES_MAX = 10;

    private final TaskStore store;
    private final ClusterView view;
    private final DocumentReads reads;
    private final DumpDirectory directory;
    private final DumpMetrics metrics;
    private final IndexDocuments documents;

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
        this.documents =
                new IndexDocuments(
                        (index, after, limit) -> reads.walk(asNow(index), after, limit), metrics);
    }

    @Override
    public String run(TaskRow task) throws InterruptedException {
        try {
            awaitEarlier(task.uid());
            catchUp();
            return Json.text(Json.object().put("dumpUid", write()));
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

    /** Waits for the tasks that were there before: what their clients were promised is in it. */
    private void awaitEarlier(long uid) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + EARLIER_TASKS_MAX.toNanos();
        Optional<TaskRow> oldest = oldestWrite();
        while (oldest.isPresent() && oldest.get().uid() < uid) {
            if (System.nanoTime() > giveUpNanos) {
                throw new ApiException(
                        ErrorCode.DUMP_PROCESS_FAILED,
                        "Task `%d`, which was there before the dump, has not ended for %d minutes."
                                .formatted(oldest.get().uid(), EARLIER_TASKS_MAX.toMinutes()));
            }
            Thread.sleep(LOOK_AGAIN);
            oldest = oldestWrite();
        }
    }

    private void catchUp() throws InterruptedException {
        if (!view.await(store.barrier().orThrow(), CATCH_UP_MAX)) {
            throw new ApiException(
                    ErrorCode.MIROIR_STALE_VIEW, "This pod does not know all indexes yet.");
        }
    }

    private Optional<TaskRow> oldestWrite() {
        return TaskDuty.oldest(
                store.tasks(),
                EnumSet.complementOf(
                        EnumSet.of(TaskType.DUMP_CREATION, TaskType.SNAPSHOT_CREATION)));
    }

    private String write() throws IOException, InterruptedException {
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
            List<IndexRow> indexes = store.indexes().list(ReadLevel.LOCAL);
            for (int i = 0; i < indexes.size(); i++) {
                metrics.left(indexes.size() - i);
                addIndex(file, indexes.get(i));
                LOG.info("dump {}: {} of {} indexes", uid, i + 1, indexes.size());
            }
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
    private void addIndex(DumpFile file, IndexRow named) throws IOException, InterruptedException {
        for (int tries = 1; ; tries++) {
            // As it is set now.
            Optional<IndexView> index = index(named.incarnation());
            if (index.isEmpty()) {
                return;
            }
            OptionalLong bytes = tryDocuments(file, index.get());
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
    private OptionalLong tryDocuments(DumpFile file, IndexView index)
            throws IOException, InterruptedException {
        try (OutputStream out = file.documents()) {
            return documents.write(index, out);
        } catch (ApiException unavailable) {
            if (index(index.row().incarnation()).isEmpty()) {
                return OptionalLong.empty();
            }
            throw unavailable;
        }
    }

    private IndexView asNow(IndexView index) {
        long incarnation = index.row().incarnation();
        return view.index(index.row().uid())
                .filter(now -> now.row().incarnation() == incarnation)
                .or(() -> index(incarnation))
                .orElse(index);
    }

    private Optional<IndexView> index(long incarnation) {
        return view.indexes().stream()
                .filter(index -> index.row().incarnation() == incarnation)
                .findFirst();
    }
}
