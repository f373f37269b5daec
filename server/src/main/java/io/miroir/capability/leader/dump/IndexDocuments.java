package io.miroir.capability.leader.dump;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.cluster.IndexView;
import io.miroir.core.plan.SearchPlan.NodeShards;
import io.miroir.fanout.read.DocumentReads;
import io.miroir.fanout.read.PageSize;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** Writes all documents of an index, one a line. */
final class IndexDocuments {
    private static final Logger LOG = LoggerFactory.getLogger(IndexDocuments.class);

    /** Of one page: nodes that restart come back within this. */
    private static final int PAGE_TRIES_MAX = 12;

    /** Longer with each try. */
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Walk walk;
    private final DumpMetrics metrics;

    /** Gives the pages of an index. */
    @FunctionalInterface
    interface Walk {
        /** As {@link DocumentReads#walk}. */
        DocumentReads.Walked page(IndexView index, @Nullable String after, int limit);
    }

    IndexDocuments(Walk walk, DumpMetrics metrics) {
        this.walk = walk;
        this.metrics = metrics;
    }

    /**
     * Writes them.
     *
     * @return how many bytes; empty if other replicas answered than at the beginning, so that what
     *     was written must be thrown away
     * @throws ApiException if nodes don't answer
     */
    OptionalLong write(IndexView index, OutputStream out) throws IOException, InterruptedException {
        PageSize size = PageSize.FIRST;
        List<NodeShards> from = List.of();
        String after = null;
        long bytes = 0;
        do {
            Got got = page(index, after, size);
            List<NodeShards> now = got.walked().from();
            if (after != null && !now.equals(from)) {
                LOG.info("documents of {} are read anew: they come from others", index.row().uid());
                metrics.again();
                return OptionalLong.empty();
            }
            from = now;
            List<ObjectNode> documents = got.walked().page().documents();
            long before = bytes;
            for (ObjectNode document : documents) {
                byte[] line = Json.bytes(document);
                out.write(line);
                out.write('\n');
                bytes += line.length + 1;
            }
            metrics.wrote(documents.size());
            size = got.size().after(documents.size(), bytes - before);
            after = got.walked().page().next();
        } while (after != null);
        return OptionalLong.of(bytes);
    }

    /** A page, and of what size it came at last. */
    private record Got(DocumentReads.Walked walked, PageSize size) {}

    private Got page(IndexView index, @Nullable String after, PageSize wanted)
            throws InterruptedException {
        PageSize size = wanted;
        for (int tries = 1; ; tries++) {
            try {
                return new Got(walk.page(index, after, size.documents()), size);
            } catch (ApiException unavailable) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (tries == PAGE_TRIES_MAX) {
                    throw unavailable;
                }
                metrics.again();
                size = size.afterFailure();
                Thread.sleep(PAUSE.multipliedBy(tries));
            }
        }
    }
}
