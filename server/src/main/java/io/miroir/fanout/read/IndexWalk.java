package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.cluster.IndexView;
import io.miroir.core.plan.SearchPlan.NodeShards;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes all documents of an index away, one a line, page by page. */
public final class IndexWalk {
    private static final Logger LOG = LoggerFactory.getLogger(IndexWalk.class);

    /** Of one page: nodes that restart come back within this. */
    private static final int PAGE_TRIES_MAX = 12;

    /** Longer with each try. */
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Pages pages;
    private final Meter meter;

    /** Gives the pages of an index. */
    @FunctionalInterface
    public interface Pages {
        /** As {@link DocumentReads#walk}. */
        DocumentReads.Walked page(IndexView index, @Nullable String after, int limit);
    }

    /** Where documents go. */
    @FunctionalInterface
    public interface Sink {
        /** Takes the documents of one page, each as JSON text. */
        void take(List<byte[]> documents) throws IOException, InterruptedException;
    }

    /** Counts. */
    public interface Meter {
        /** So many documents were taken. */
        void took(int documents);

        /** A page did not come, or an index is begun anew. */
        void again();
    }

    /** Walks through what these pages have. */
    public IndexWalk(Pages pages, Meter meter) {
        this.pages = pages;
        this.meter = meter;
    }

    /**
     * Hands all documents over.
     *
     * @return false if other replicas answered than at the beginning, so that what was handed over
     *     must be begun anew
     * @throws ApiException if nodes don't answer
     */
    public boolean through(IndexView index, Sink sink) throws IOException, InterruptedException {
        PageSize size = PageSize.FIRST;
        List<NodeShards> from = List.of();
        String after = null;
        do {
            Got got = page(index, after, size);
            List<NodeShards> now = got.walked().from();
            if (after != null && !now.equals(from)) {
                LOG.info("documents of {} are read anew: they come from others", index.row().uid());
                meter.again();
                return false;
            }
            from = now;
            List<byte[]> documents =
                    got.walked().page().documents().stream().map(Json::bytes).toList();
            sink.take(documents);
            meter.took(documents.size());
            long bytes = documents.stream().mapToLong(document -> document.length + 1L).sum();
            size = got.size().after(documents.size(), bytes);
            after = got.walked().page().next();
        } while (after != null);
        return true;
    }

    /**
     * Looks whether there is a way through, without going it.
     *
     * @throws ApiException if the filter is refused, or nodes don't answer
     */
    public void check(IndexView index) throws InterruptedException {
        Got _ = page(index, null, new PageSize(1));
    }

    /** A page, and of what size it came at last. */
    private record Got(DocumentReads.Walked walked, PageSize size) {}

    private Got page(IndexView index, @Nullable String after, PageSize wanted)
            throws InterruptedException {
        PageSize size = wanted;
        for (int tries = 1; ; tries++) {
            try {
                return new Got(pages.page(index, after, size.documents()), size);
            } catch (ApiException unavailable) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (tries == PAGE_TRIES_MAX || isRefusal(unavailable)) {
                    throw unavailable;
                }
                meter.again();
                size = size.afterFailure();
                Thread.sleep(PAUSE.multipliedBy(tries));
            }
        }
    }

    /** Whether the filter is refused: it stays so. */
    public static boolean isRefusal(ApiException error) {
        return error.code() == ErrorCode.INVALID_DOCUMENT_FILTER
                || error.code() == ErrorCode.FEATURE_NOT_ENABLED;
    }
}
