package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Names that stand for indexes, over three pods (plan §13.7). */
class AliasTest {
    @TempDir Path directory;

    private TestNodes nodes;
    private final List<TestPod> pods = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        nodes = new TestNodes(directory, 1, 2);
        pods.addAll(TestPod.startGroup(directory, nodes.addresses(), 3, ""));
        for (String index : List.of("v1", "v2")) {
            client(0).done("POST", "/indexes", "{\"uid\":\"" + index + "\",\"primaryKey\":\"id\"}");
            client(0)
                    .done(
                            "POST",
                            "/indexes/" + index + "/documents",
                            "[{\"id\":1,\"in\":\""
                                    + index
                                    + "\"},{\"id\":2,\"in\":\""
                                    + index
                                    + "\"}]");
        }
    }

    @AfterEach
    void stop() {
        pods.forEach(TestPod::close);
        nodes.close();
    }

    /** Protocol, rule 9: once a flip is answered, no pod reads or writes the old target. */
    @Test
    void aFlipHoldsOnAllPodsOnceItIsAnswered() {
        assertEquals(201, operate("POST", "", "{\"name\":\"docs\",\"target\":\"v1\"}").status());
        for (int i = 0; i < 10; i++) {
            String target = i % 2 == 0 ? "v2" : "v1";
            HttpCalls.Reply flipped = operate("PUT", "/docs", "{\"target\":\"" + target + "\"}");
            assertEquals(200, flipped.status(), flipped.body()::toString);
            for (int pod = 0; pod < pods.size(); pod++) {
                JsonNode document = client(pod).leased("/indexes/docs/documents/1").body();
                assertEquals(target, document.path("in").asString());
            }
        }
        client(2).done("POST", "/indexes/docs/documents", "[{\"id\":3,\"in\":\"v1\"}]");
        assertEquals(200, client(0).call("GET", "/indexes/v1/documents/3").status());
        assertEquals(404, client(0).call("GET", "/indexes/v2/documents/3").status());
        JsonNode row = operate("GET", "/docs", "").body();
        assertEquals(11, row.path("version").asInt());
        assertEquals("v2", row.path("history").path(0).path("target").asString());
    }

    @Test
    void anAliasOfSeveralIsSearchedAsOneIndexAndNotWritten() {
        operate("POST", "", "{\"name\":\"all\",\"targets\":[\"v1\",\"v2\"]}");
        JsonNode found =
                client(1).call("POST", "/indexes/all/search", "{\"q\":\"v2\",\"limit\":1}").body();
        assertEquals(1, found.path("hits").size(), found::toString);
        assertEquals("v2", found.path("hits").path(0).path("in").asString());
        assertEquals(2, found.path("estimatedTotalHits").asInt());
        assertTrue(found.path("hits").path(0).path("_federation").isMissingNode());
        HttpCalls.Reply refused = client(1).call("POST", "/indexes/all/documents", "[{\"id\":9}]");
        assertEquals(409, refused.status());
        assertEquals("miroir_multi_alias_not_writable", refused.body().path("code").asString());
        JsonNode federated =
                client(1)
                        .call(
                                "POST",
                                "/multi-search",
                                "{\"queries\":[{\"indexUid\":\"all\",\"q\":\"v1\"}]}")
                        .body();
        assertEquals(2, federated.path("results").path(0).path("hits").size());
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertEquals(201, operate("POST", "", "{\"name\":\"docs\",\"target\":\"v1\"}").status());
        assertEquals(409, operate("POST", "", "{\"name\":\"docs\",\"target\":\"v2\"}").status());
        assertEquals(409, operate("POST", "", "{\"name\":\"v1\",\"target\":\"v2\"}").status());
        assertEquals(404, operate("POST", "", "{\"name\":\"x\",\"target\":\"absent\"}").status());
        assertEquals(400, operate("POST", "", "{\"name\":\"x\",\"target\":\"docs\"}").status());
        assertEquals(400, operate("POST", "", "{\"name\":\"x\"}").status());
        assertEquals(400, operate("POST", "", "{\"name\":\"x\",\"targets\":[]}").status());
        assertEquals(409, operate("PUT", "/docs", "{\"targets\":[\"v1\"]}").status());
        assertEquals(
                409,
                operate("PUT", "/docs", "{\"target\":\"v2\",\"expected_version\":7}").status());
        assertEquals(404, operate("PUT", "/none", "{\"target\":\"v2\"}").status());
        assertEquals(204, operate("DELETE", "/docs", "").status());
        assertEquals(404, operate("DELETE", "/docs", "").status());
        assertEquals(404, client(2).call("GET", "/indexes/docs/search").status());
        assertEquals(
                401,
                client(0).call("GET", "/_miroir/aliases").status(),
                "the master key is no admin");
    }

    @Test
    void noIndexIsGivenTheNameOfAnAlias() {
        operate("POST", "", "{\"name\":\"docs\",\"target\":\"v1\"}");
        List<HttpCalls.Reply> refused =
                List.of(
                        client(0).call("POST", "/indexes", "{\"uid\":\"docs\"}"),
                        client(2).call("PATCH", "/indexes/v2", "{\"uid\":\"docs\"}"),
                        client(0)
                                .call(
                                        "POST",
                                        "/swap-indexes",
                                        "[{\"indexes\":[\"v2\",\"docs\"],\"rename\":true}]"));
        for (HttpCalls.Reply reply : refused) {
            assertEquals(409, reply.status(), reply.body()::toString);
            assertEquals("miroir_alias_conflict", reply.body().path("code").asString());
        }
    }

    /** Counts of an alias are kept while there is one, so that labels don't grow without end. */
    @Test
    void aliasesAreCountedWhileTheyAreThere() {
        operate("POST", "", "{\"name\":\"docs\",\"target\":\"v1\"}");
        operate("POST", "", "{\"name\":\"all\",\"targets\":[\"v1\",\"v2\"]}");
        operate("PUT", "/docs", "{\"target\":\"v2\"}");
        client(1).call("GET", "/indexes/docs/documents/1");
        client(1).done("POST", "/indexes/docs/documents", "[{\"id\":3}]");
        client(1).call("GET", "/indexes/all/search");
        String counted = metrics();
        assertTrue(counted.contains("miroir_alias_flips_total{alias=\"docs\",} 1.0"), counted);
        assertTrue(
                counted.contains("miroir_alias_resolutions_total{alias=\"docs\",} 2.0"), counted);
        assertTrue(counted.contains("miroir_alias_resolutions_total{alias=\"all\",} 1.0"), counted);
        assertEquals(204, operate("DELETE", "/docs", "").status());
        assertFalse(metrics().contains("alias=\"docs\""));
    }

    private String metrics() {
        return new String(
                new HttpCalls(pods.get(1).metrics(), "").call("GET", "/metrics").raw().body(),
                StandardCharsets.UTF_8);
    }

    private HttpCalls client(int pod) {
        return pods.get(pod).client();
    }

    private HttpCalls.Reply operate(String method, String rest, String body) {
        return pods.get(1).operator().call(method, "/_miroir/aliases" + rest, body);
    }
}
