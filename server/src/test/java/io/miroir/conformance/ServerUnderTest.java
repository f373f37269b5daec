package io.miroir.conformance;

import io.miroir.conformance.ScenarioRun.Response;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** The server that the pack is replayed against; it must be fresh and empty. */
final class ServerUnderTest {
    static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
                    .build();

    private static final Duration TASK_TIMEOUT = Duration.ofSeconds(60);
    private static final Set<String> TERMINAL = Set.of("succeeded", "failed", "canceled");

    private final RawHttp http;
    private final String masterKey;
    private long lastTask = -1;

    ServerUnderTest(URI url, String masterKey) {
        this.http = new RawHttp(new InetSocketAddress(url.getHost(), url.getPort()));
        this.masterKey = masterKey;
    }

    String masterKey() {
        return masterKey;
    }

    Response send(String method, String path, Map<String, String> headers, byte @Nullable [] body)
            throws IOException {
        RawHttp.Answer answer = http.send(method, path, headers, body);
        return new Response(answer.status(), answer.headers(), answer.text(), parse(answer.text()));
    }

    private static JsonNode parse(String text) {
        if (text.isEmpty()) {
            return MissingNode.getInstance();
        }
        try {
            return JSON.readTree(text);
        } catch (JacksonException notJson) {
            return MissingNode.getInstance();
        }
    }

    Response api(String method, String path, @Nullable String body) throws IOException {
        byte @Nullable [] bytes = body == null ? null : body.getBytes(StandardCharsets.UTF_8);
        return send(method, path, StepRequest.bearer(masterKey), bytes);
    }

    /** Task uids must increase over the whole run. */
    boolean isNewTask(JsonNode uid) {
        if (!uid.isIntegralNumber() || uid.asLong() <= lastTask) {
            return false;
        }
        lastTask = uid.asLong();
        return true;
    }

    JsonNode await(long uid) throws IOException, InterruptedException {
        long pauseMillis = 4;
        long waitedMillis = 0;
        while (true) {
            JsonNode task = api("GET", "/tasks/" + uid, null).json();
            if (isTerminal(task) || waitedMillis > TASK_TIMEOUT.toMillis()) {
                return task;
            }
            Thread.sleep(pauseMillis);
            waitedMillis += pauseMillis;
            pauseMillis = Math.min(pauseMillis * 2, 250);
        }
    }

    static boolean isTerminal(JsonNode task) {
        return TERMINAL.contains(task.path("status").asString(""));
    }

    void features(List<String> features, boolean on) throws IOException {
        for (String feature : features) {
            api("PATCH", "/experimental-features", "{\"" + feature + "\":" + on + "}");
        }
    }

    void cleanUp(String prefix, List<String> features) throws IOException, InterruptedException {
        long last = -1;
        for (JsonNode index : api("GET", "/indexes?limit=1000", null).json().path("results")) {
            String uid = index.path("uid").asString();
            if (uid.startsWith(prefix)) {
                JsonNode task = api("DELETE", "/indexes/" + uid, null).json().path("taskUid");
                last = Math.max(last, task.asLong(-1));
            }
        }
        if (last >= 0) {
            lastTask = Math.max(lastTask, last);
            await(last);
        }
        deleteAll("/keys", "uid", Set.of("Default"));
        deleteAll("/webhooks", "uuid", Set.of());
        features(features, false);
    }

    /** Keys that the server made itself (their names start with a kept word) stay. */
    private void deleteAll(String path, String id, Set<String> kept) throws IOException {
        for (JsonNode row : api("GET", path, null).json().path("results")) {
            String name = row.path("name").asString("");
            if (kept.stream().noneMatch(name::startsWith)) {
                api("DELETE", path + "/" + row.path(id).asString(), null);
            }
        }
    }
}
