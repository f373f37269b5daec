package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.Json;
import io.miroir.api.keys.TestTokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The plan's bearer dispatch (its section 5), with keys and tenant tokens in it: every kind of
 * credential before every kind of route, row by row.
 */
class BearerDispatchTest {
    private static final String UID = "6062abda-a5aa-4414-ac91-ecd7944c0f8d";

    /** What each kind of route is asked; the first two are open to everybody. */
    private static final Map<String, String> ROUTES = new LinkedHashMap<>();

    static {
        ROUTES.put("health", "GET /health");
        ROUTES.put("ready", "GET /_miroir/ready");
        ROUTES.put("movies", "POST /indexes/movies/search {}");
        ROUTES.put("books", "POST /indexes/books/search {}");
        ROUTES.put("multi", "POST /multi-search {\"queries\": [{\"indexUid\": \"movies\"}]}");
        ROUTES.put("docs", "GET /indexes/movies/documents");
        ROUTES.put("tasks", "GET /tasks");
        ROUTES.put("keys", "GET /keys");
        ROUTES.put("admin", "GET /_miroir/topology");
        ROUTES.put("metrics", "GET /_miroir/metrics");
    }

    /**
     * ok: 200; none: 401 missing_authorization_header; key: 403 invalid_api_key; oper: 401
     * miroir_invalid_auth.
     */
    private static final String EXPECTED =
            """
            shown            | health ready movies books multi docs tasks keys admin metrics
            nothing          | ok     ok    none   none  none  none none  none oper  oper
            another scheme   | ok     ok    none   none  none  none none  none oper  oper
            scheme alone     | ok     ok    key    key   key   key  key   key  oper  oper
            master           | ok     ok    ok     ok    ok    ok   ok    ok   oper  oper
            admin            | ok     ok    key    key   key   key  key   key  ok    ok
            admin header     | ok     ok    none   none  none  none none  none ok    ok
            wrong header     | ok     ok    key    key   key   key  key   key  oper  oper
            search key       | ok     ok    ok     key   ok    key  key   key  oper  oper
            tenant token     | ok     ok    ok     key   ok    key  key   key  oper  oper
            expired token    | ok     ok    key    key   key   key  key   key  oper  oper
            forged token     | ok     ok    key    key   key   key  key   key  oper  oper
            another's JWT    | ok     ok    key    key   key   key  key   key  oper  oper
            three parts      | ok     ok    key    key   key   key  key   key  oper  oper
            wrong            | ok     ok    key    key   key   key  key   key  oper  oper
            revoked key      | ok     ok    key    key   key   key  key   key  oper  oper
            """;

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir Path directory;

    private TestNodes nodes;
    private TestPod pod;

    @BeforeEach
    void start() {
        nodes = new TestNodes(directory, 1, 1);
        pod = new TestPod(directory.resolve("pod"), nodes.addresses(), 1, "");
        pod.client().awaitStatus("GET", "/_miroir/ready", 200);
        for (String index : List.of("movies", "books")) {
            pod.client().done("POST", "/indexes/" + index + "/documents", "[{\"id\": 1}]");
        }
    }

    @AfterEach
    void stop() {
        pod.close();
        nodes.close();
    }

    @Test
    void everyCredentialOpensWhatItIsForAndNothingElse() throws Exception {
        Map<String, Map<String, String>> shown = credentials();
        StringBuilder found = new StringBuilder();
        List<String> lines = EXPECTED.lines().toList();
        found.append(lines.getFirst()).append('\n');
        for (String line : lines.subList(1, lines.size())) {
            String name = line.substring(0, line.indexOf('|')).strip();
            List<String> told = new ArrayList<>();
            for (String route : ROUTES.values()) {
                told.add(ask(route, shown.get(name)));
            }
            found.append(
                    "%-17s| %-6s %-5s %-6s %-5s %-5s %-4s %-5s %-4s %-5s %s%n"
                            .formatted(concat(name, told)));
        }
        assertEquals(EXPECTED, found.toString());
    }

    private static Object[] concat(String name, List<String> told) {
        List<String> all = new ArrayList<>(List.of(name));
        all.addAll(told);
        return all.toArray();
    }

    private Map<String, Map<String, String>> credentials() {
        String value = key(UID, "[\"search\"]");
        String other = "7062abda-a5aa-4414-ac91-ecd7944c0f8d";
        String revoked = key(other, "[\"*\"]");
        assertEquals(204, pod.client().call("DELETE", "/keys/" + other).status());
        String claims = "{\"apiKeyUid\":\"" + UID + "\",\"searchRules\":[\"*\"]%s}";
        Map<String, Map<String, String>> shown = new LinkedHashMap<>();
        shown.put("nothing", Map.of());
        shown.put("another scheme", Map.of("Authorization", "Basic " + TestPod.MASTER_KEY));
        shown.put("scheme alone", Map.of("Authorization", "Bearer"));
        shown.put("master", bearer(TestPod.MASTER_KEY));
        shown.put("admin", bearer(TestPod.ADMIN_KEY));
        shown.put("admin header", Map.of("X-Admin-Key", TestPod.ADMIN_KEY));
        // The header is looked at first, and alone.
        shown.put(
                "wrong header",
                Map.of("X-Admin-Key", "wrong", "Authorization", "Bearer " + TestPod.ADMIN_KEY));
        shown.put("search key", bearer(value));
        shown.put("tenant token", bearer(TestTokens.of(UID, value, "[\"*\"]")));
        shown.put(
                "expired token",
                bearer(TestTokens.signed("HS256", claims.formatted(",\"exp\":1"), value)));
        shown.put("forged token", bearer(TestTokens.of(UID, "another secret", "[\"*\"]")));
        // As the plan has it of the search interface, which there is not yet: no claim of ours.
        shown.put(
                "another's JWT",
                bearer(
                        TestTokens.signed(
                                "HS256",
                                "{\"idx\":\"movies\",\"scope\":[\"search\"],\"exp\":4102444800}",
                                TestPod.MASTER_KEY)));
        shown.put("three parts", bearer("a.b.c"));
        shown.put("wrong", bearer("wrong-key-0123456789"));
        shown.put("revoked key", bearer(revoked));
        return shown;
    }

    private String key(String uid, String actions) {
        JsonNode made =
                pod.client()
                        .call(
                                "POST",
                                "/keys",
                                "{\"uid\":\"%s\",\"actions\":%s,\"indexes\":[\"movies\"],\"expiresAt\":null}"
                                        .formatted(uid, actions))
                        .body();
        return made.path("key").asString();
    }

    private static Map<String, String> bearer(String token) {
        return Map.of("Authorization", "Bearer " + token);
    }

    private String ask(String route, Map<String, String> headers)
            throws IOException, InterruptedException {
        String[] parts = route.split(" ", 3);
        URI target = pod.address().resolve(parts[1]);
        HttpRequest.Builder request = HttpRequest.newBuilder(target);
        headers.forEach(request::header);
        if (parts.length == 3) {
            request.header("Content-Type", "application/json");
            request.method(parts[0], BodyPublishers.ofString(parts[2]));
        }
        HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() == 200) {
            return "ok";
        }
        String code =
                Json.parse(answer.body().getBytes(StandardCharsets.UTF_8)).path("code").asString();
        return switch (answer.statusCode() + " " + code) {
            case "401 missing_authorization_header" -> "none";
            case "403 invalid_api_key" -> "key";
            case "401 miroir_invalid_auth" -> "oper";
            case String another -> another;
        };
    }
}
