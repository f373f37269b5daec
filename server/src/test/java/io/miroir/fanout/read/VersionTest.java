package io.miroir.fanout.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.health.HealthState;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.fanout.NodeClient;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.store.Table;
import io.miroir.store.TaskStore;
import io.prometheus.client.CollectorRegistry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whom is asked what any node can tell, such as {@code GET /version}. Nodes a and b are of the
 * first group, c of the second.
 */
class VersionTest {
    private static final List<String> IDS = List.of("a", "b", "c");

    private final Queue<String> asked = new ConcurrentLinkedQueue<>();

    private DocumentReads reads(Set<String> up, Set<String> healthy) {
        return reads(up, healthy, new NodeReply.Failure(NodeReply.Kind.UNREACHABLE, "down"));
    }

    /** Nodes that are not up say something else than their version. */
    private DocumentReads reads(Set<String> up, Set<String> healthy, NodeReply otherwise) {
        NodeHealth health =
                new NodeHealth(
                        IDS, new HealthState.Thresholds(3, 1), InstantSource.system(), _ -> {});
        NodeRequest probe = NodeRequest.get("version", "/version", Duration.ofSeconds(1));
        healthy.forEach(id -> health.replied(id, probe, version(id), 1));
        Map<String, NodeClient> clients = new HashMap<>();
        for (String id : IDS) {
            clients.put(
                    id,
                    _ -> {
                        asked.add(id);
                        return up.contains(id) ? version(id) : otherwise;
                    });
        }
        return new DocumentReads(
                new ClusterView(unasked(TaskStore.class), new Fleet(1, 1, List.of(IDS))),
                Nodes.over(clients, health),
                health,
                new ReadMetrics(new CollectorRegistry()),
                new ReadSettings(Duration.ofSeconds(1), true, 10));
    }

    /** What the view takes hold of when it is made, and never asks. */
    private static <T> T unasked(Class<T> type) {
        Object unasked =
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, _) -> {
                            if (Table.class.isAssignableFrom(method.getReturnType())) {
                                return unasked(method.getReturnType());
                            }
                            throw new AssertionError(method);
                        });
        return type.cast(unasked);
    }

    private static NodeReply version(String id) {
        int minor = 10 - IDS.indexOf(id);
        return new NodeReply.Answer(200, Json.object().put("pkgVersion", "1." + minor + ".0"));
    }

    private static String told(DocumentReads reads) {
        return reads.version().path("pkgVersion").asString();
    }

    /** Of nodes that are upgraded one by one, c has the lowest, which is the higher as a text. */
    @Test
    void theLowestOfTheHealthyNodesIsTold() {
        assertEquals("1.8.0", told(reads(Set.of("a", "b", "c"), Set.of("a", "b", "c"))));
        asked.clear();
        assertEquals("1.9.0", told(reads(Set.of("a", "b", "c"), Set.of("a", "b"))));
        assertEquals(Set.of("a", "b"), Set.copyOf(asked));
    }

    /** What is believed may be old, both ways. */
    @Test
    void anyNodeThatAnswersWillDo() {
        assertEquals("1.8.0", told(reads(Set.of("c"), Set.of())));
        assertEquals("1.9.0", told(reads(Set.of("b"), Set.of("a", "c"))));
        assertEquals("1.10.0", told(reads(Set.of("a"), Set.of("a", "b", "c"))));
    }

    @Test
    void withoutAnyNodeThereIsNoVersion() {
        DocumentReads none = reads(Set.of(), Set.of("a"));
        ApiException refusal = assertThrows(ApiException.class, none::version);
        assertEquals(ErrorCode.MIROIR_SHARD_UNAVAILABLE, refusal.code());
        assertEquals(Set.copyOf(IDS), Set.copyOf(asked));
    }

    /** One node may not have heard yet that a feature is on; of all it is the truth. */
    @Test
    void aFeatureThatNoNodeHasIsOff() {
        String code = ErrorCode.FEATURE_NOT_ENABLED.wireName();
        ObjectNode error = Json.object().put("code", code).put("message", "off");
        NodeReply refusal = new NodeReply.Refusal(400, code, "off", error);
        JsonNode template = Json.object();
        DocumentReads none = reads(Set.of(), Set.of("a", "b", "c"), refusal);
        ApiException refused = assertThrows(ApiException.class, () -> none.rendered(template));
        assertEquals(ErrorCode.FEATURE_NOT_ENABLED, refused.code());
        JsonNode told = reads(Set.of("b"), Set.of("a", "b", "c"), refusal).rendered(template);
        assertEquals("1.9.0", told.path("pkgVersion").asString());
    }
}
