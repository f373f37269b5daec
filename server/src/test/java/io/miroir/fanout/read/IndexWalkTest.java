package io.miroir.fanout.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.cluster.IndexView;
import io.miroir.core.plan.SearchPlan.NodeShards;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import io.miroir.fanout.answer.SequencePage;
import io.miroir.fanout.read.DocumentReads.Walked;
import io.miroir.store.index.IndexRow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of an index's documents when nodes come and go under the walk. */
class IndexWalkTest {
    private static final IndexView INDEX =
            new IndexView(
                    new IndexRow(
                            "movies", 7, "m7", "id", 2, "{}", 1, IndexRow.Standing.SETTLED, 0, 0),
                    Json.object(),
                    new Topology(2, 1, List.of(List.of("a", "b"))),
                    Map.of(),
                    Map.of());

    private final Counts counts = new Counts();
    private final Deque<Supplier<Walked>> pages = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final IndexWalk walk =
            new IndexWalk(
                    (_, after, limit) -> {
                        asked.add(after + " " + limit);
                        return pages.remove().get();
                    },
                    counts);

    @Test
    void pagesFollowEachOther() throws Exception {
        pages.add(() -> page("a", 1, "1"));
        pages.add(() -> page("a", 2, null));
        assertTrue(walk.through(INDEX, this::take));
        assertEquals("{\"id\":1}\n{\"id\":2}\n", out.toString(StandardCharsets.UTF_8));
        assertEquals(List.of("null 50", "1 100"), asked);
    }

    /** Another replica may lack what the first had moved to the end already. */
    @Test
    void pagesOfOtherReplicasBeginAnew() throws Exception {
        pages.add(() -> page("a", 1, "1"));
        pages.add(() -> page("b", 2, null));
        assertFalse(walk.through(INDEX, this::take));
    }

    @Test
    void aPageThatDoesNotComeIsAskedForAgainWithLess() throws Exception {
        pages.add(
                () -> {
                    throw new ApiException(ErrorCode.MIROIR_SHARD_UNAVAILABLE, "not now");
                });
        pages.add(() -> page("a", 1, null));
        assertTrue(walk.through(INDEX, this::take));
        assertEquals(List.of("null 50", "null 25"), asked);
        assertEquals(1, counts.again);
        assertEquals(1, counts.documents);
    }

    /** A pod that does not lead any more stops at once. */
    @Test
    void whoIsInterruptedDoesNotTryAgain() {
        pages.add(
                () -> {
                    Thread.currentThread().interrupt();
                    throw new ApiException(ErrorCode.MIROIR_SHARD_UNAVAILABLE, "interrupted");
                });
        assertThrows(InterruptedException.class, () -> walk.through(INDEX, this::take));
    }

    /** What is wrong with a filter stays wrong. */
    @Test
    void aRefusedFilterIsNotTriedAgain() {
        pages.add(
                () -> {
                    throw new ApiException(ErrorCode.INVALID_DOCUMENT_FILTER, "not filterable");
                });
        ApiException refused =
                assertThrows(ApiException.class, () -> walk.through(INDEX, this::take));
        assertEquals(ErrorCode.INVALID_DOCUMENT_FILTER, refused.code());
    }

    private void take(List<byte[]> documents) throws IOException {
        for (byte[] document : documents) {
            out.write(document);
            out.write('\n');
        }
    }

    private static final class Counts implements IndexWalk.Meter {
        private int documents;
        private int again;

        @Override
        public void took(int count) {
            documents += count;
        }

        @Override
        public void again() {
            again++;
        }
    }

    private static Walked page(String node, int id, @Nullable String next) {
        return new Walked(
                new SequencePage(List.of(Json.object().put("id", id)), next),
                List.of(new NodeShards(node, ShardSet.all(2), false)));
    }
}
