package io.miroir.fanout.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.NodeClient;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.Nodes;
import io.miroir.store.index.IndexEffect;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** What nodes are asked besides a search, and how often. */
class BesidesTest {
    private static final List<String> IDS = List.of("a", "b");
    private static final ObjectNode BODY =
            Json.parseObject("{\"filter\": \"nobody != 1\", \"limit\": 1}");

    @TempDir Path directory;

    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private OneIndex index;
    private Nodes nodes;
    private NodeHealth health;
    private AnswerBudget.Share share;

    @BeforeEach
    void open() throws Exception {
        index = new OneIndex(directory, List.of(IDS));
        index.commit("{\"filterableAttributes\": [\"nobody\"]}", IDS, List.of());
        health =
                new NodeHealth(
                        IDS, new HealthState.Thresholds(3, 1), InstantSource.system(), _ -> {});
        NodeClient client =
                request -> {
                    asked.add(request.operation());
                    return new NodeReply.Answer(
                            200,
                            Json.parseObject(
                                    "{\"hits\": [], \"estimatedTotalHits\": 0, \"results\": []}"));
                };
        nodes = Nodes.over(Map.of("a", client, "b", client), health);
        share = new AnswerBudget(1 << 20, Duration.ofSeconds(60), new CollectorRegistry()).open();
    }

    @AfterEach
    void close() {
        share.close();
        nodes.close();
        index.close();
    }

    /** Shows: that no document has a field is asked once, until documents change. */
    @Test
    void whatNobodyHasIsAskedOnce() {
        ReadSettings settings = new ReadSettings(Duration.ofSeconds(60), true, 10);
        SearchJourney search =
                new SearchJourney(
                        index.view(),
                        nodes,
                        health,
                        new ReadMetrics(new CollectorRegistry()),
                        settings,
                        () -> 0);
        Terms terms = new Terms(0, Terms.Writes.NONE, share);
        search.search("i", BODY, terms);
        search.search("i", BODY, terms);
        assertEquals(IDS.size(), Collections.frequency(asked, "fields"), asked::toString);
        index.affect(new IndexEffect.Touched(index.incarnation()));
        search.search("i", BODY, terms);
        assertEquals(2 * IDS.size(), Collections.frequency(asked, "fields"), asked::toString);
    }

    /** Shows: what is asked besides has the time of one request, and asks nobody behind it. */
    @Test
    void whatIsAskedBesidesHasADeadline() {
        ReadSettings none = new ReadSettings(Duration.ofNanos(-1), true, 10);
        Cover cover = new Cover(nodes, health, new ReadMetrics(new CollectorRegistry()));
        ShardSet all = ShardSet.all(OneIndex.SHARDS);
        IndexAsks besides = new IndexAsks(cover, none).besides();
        Coverage told =
                besides.ask(
                        IndexAsks.What.SEARCH,
                        index.view().index("i").orElseThrow(),
                        all,
                        BODY,
                        share,
                        _ -> Json.object());
        assertEquals(all, told.uncovered());
        assertTrue(asked.isEmpty());
    }
}
