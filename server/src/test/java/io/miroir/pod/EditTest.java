package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.miroir.api.Json;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Documents that a client's function edits on the nodes (protocol, rule 13). */
class EditTest {
    private static final boolean REAL_NODES = System.getenv("MIROIR_TEST_MEILISEARCH") != null;
    private static final int DOCUMENTS = 20;

    @TempDir Path directory;

    private TestNodes nodes;
    private TestPod pod;
    private HttpCalls client;

    @BeforeEach
    void start() {
        nodes = new TestNodes(directory, 2, 2);
        pod = new TestPod(directory.resolve("pod"), nodes.addresses(), 1, "");
        client = pod.client();
        client.awaitStatus("GET", "/_miroir/ready", 200);
        client.call("PATCH", "/experimental-features", "{\"editDocumentsByFunction\": true}");
        StringBuilder documents = new StringBuilder();
        for (int id = 0; id < DOCUMENTS; id++) {
            documents.append("{\"id\": %d, \"n\": %d}%n".formatted(id, id % 2));
        }
        client.done("PATCH", "/indexes/e/settings", "{\"filterableAttributes\": [\"n\"]}");
        HttpCalls.Reply added =
                client.stream("/indexes/e/documents", "application/x-ndjson", documents.toString());
        client.finished(added.body().path("taskUid").asLong());
    }

    @AfterEach
    void stop() {
        pod.close();
        nodes.close();
    }

    private JsonNode edit(String function) {
        String body = Json.text(Json.object().put("function", function).put("filter", "n = 1"));
        return client.done("POST", "/indexes/e/documents/edit", body);
    }

    private JsonNode document(int id) {
        return client.call("GET", "/indexes/e/documents/" + id).body();
    }

    private void assertEdits(String function, String expected) {
        JsonNode task = edit(function);
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        assertEquals(DOCUMENTS / 2, task.path("details").path("editedDocuments").asInt());
        assertEquals(Json.parse(expected), document(1));
        assertEquals("{\"id\":2,\"n\":0}", document(2).toString());
        assertAllThere();
    }

    /** Each is on its nodes with its shard and its place, and found once. */
    private void assertAllThere() {
        JsonNode page = client.call("GET", "/indexes/e/documents?limit=100").body();
        assertEquals(DOCUMENTS, page.path("total").asInt(), page::toString);
        JsonNode hits = client.call("GET", "/indexes/e/search?limit=100").body().path("hits");
        assertEquals(DOCUMENTS, hits.size());
        for (int group = 0; group < 2; group++) {
            for (int n = 0; n < 2; n++) {
                HttpCalls node = new HttpCalls(nodes.node(group, n).address(), TestNode.KEY);
                JsonNode indexes = node.call("GET", "/indexes").body().path("results");
                String uid = indexes.get(0).path("uid").asString();
                String all = "/indexes/" + uid + "/documents?limit=100";
                for (JsonNode held : node.call("GET", all).body().path("results")) {
                    assertTrue(held.path("_miroir_shard").isString(), held::toString);
                    assertTrue(held.path("_miroir_seq").isString(), held::toString);
                }
            }
        }
    }

    @Test
    void reservedFieldsSurviveWhateverAFunctionMakesOfADocument() {
        assumeTrue(REAL_NODES, "only Meilisearch runs functions");
        assertEdits("doc.x = 1", "{\"id\":1,\"n\":1,\"x\":1}");
        assertEdits("doc = #{id: doc.id, n: 1, k: doc.len()}", "{\"id\":1,\"k\":3,\"n\":1}");
        assertEdits("doc.k = 9; return; doc.k = 8", "{\"id\":1,\"n\":1,\"k\":9}");
        assertEdits("fn twice(v) { v * 2 } doc.k = twice(doc.k)", "{\"id\":1,\"n\":1,\"k\":18}");
        assertEdits("doc.k = 7 /* never closed", "{\"id\":1,\"n\":1,\"k\":7}");
        assertEdits("doc._miroir_shard = \"-\"; doc.remove(\"k\")", "{\"id\":1,\"n\":1}");

        // Nor does one that knows how they are kept meanwhile.
        assertEdits("let _miroir_0 = 5; doc.k = 1", "{\"id\":1,\"n\":1,\"k\":1}");
        assertEdits("eval(\"let _miroir_1 = ();\"); doc.k = 2", "{\"id\":1,\"n\":1,\"k\":2}");
        assertEdits("let doc = #{id: doc.id, n: 1}", "{\"id\":1,\"n\":1}");
        assertEdits("fn remove(key) { 5 } doc.k = 3", "{\"id\":1,\"n\":1,\"k\":3}");
        assertEdits("doc = #{id: doc.id, n: 1}", "{\"id\":1,\"n\":1}");
        for (String keeper :
                new String[] {
                    "_miroir_0 = 5; doc.k = 1",
                    "fn f() { 1 } let _miroir_0 = f(); doc.k = 1",
                    "fn f() { 1 } eval(\"let _mi\" + \"roir_0 = 5\"); doc.k = 1",
                    "fn f() { 1 } Fn(\"ev\" + \"al\").call(\"let _mi\" + \"roir_0 = 5\")"
                }) {
            JsonNode task = edit(keeper);
            assertEquals("failed", task.path("status").asString(), task::toString);
            assertAllThere();
        }

        JsonNode gone = edit("if doc.id == 1 { doc = () }");
        assertEquals("succeeded", gone.path("status").asString(), gone::toString);
        assertEquals(404, client.call("GET", "/indexes/e/documents/1").status());
        JsonNode page = client.call("GET", "/indexes/e/documents").body();
        assertEquals(DOCUMENTS - 1, page.path("total").asInt());
    }

    @Test
    void aFunctionThatFailsIsToldInTheClientsLinesAndChangesNothing() {
        assumeTrue(REAL_NODES, "only Meilisearch runs functions");
        for (String function :
                new String[] {
                    "doc.x =\n  nope", "fn f() { 1 } doc.x =\n  nope", "doc.x = 1;\n  exit()"
                }) {
            JsonNode task = edit(function);
            JsonNode error = task.path("error");
            assertEquals(
                    "edit_documents_by_function_error",
                    error.path("code").asString(),
                    () -> function + ": " + task + document(1));
            String message = error.path("message").asString();
            assertTrue(message.contains("Index `e`: "), message);
            assertTrue(
                    function.contains("exit") || message.endsWith("nope (line 2, position 3)"),
                    message);
            assertEquals("{\"id\":1,\"n\":1}", document(1).toString());
        }
        assertAllThere();
        HttpCalls.Reply unread =
                client.call("POST", "/indexes/e/documents/edit", "{\"function\": \"doc.x = (\"}");
        assertEquals(400, unread.status());
        assertTrue(unread.body().path("message").asString().contains("position 10"));
    }

    @Test
    void nodesThatRunNoFunctionsSaySo() {
        assumeTrue(!REAL_NODES, "Meilisearch runs functions");
        HttpCalls.Reply refused =
                client.call("POST", "/indexes/e/documents/edit", "{\"function\": \"doc.x = 1\"}");
        assertEquals("miroir_not_implemented", refused.body().path("code").asString());
        assertEquals(
                DOCUMENTS, client.call("GET", "/indexes/e/documents").body().path("total").asInt());
    }
}
