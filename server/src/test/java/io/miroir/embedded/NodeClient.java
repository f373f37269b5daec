package io.miroir.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A client of a node in a test, with the master key. */
final class NodeClient implements AutoCloseable {
    static final String MASTER_KEY = "a-master-key-of-a-test";

    /** A hundred thousand documents in a small heap take ten seconds on two cores of their own. */
    private static final Duration TASK_TIME_MAX = Duration.ofMinutes(4);

    /** A body of fifty megabytes is answered when all of it has come. */
    private static final Duration REQUEST_TIME_MAX = Duration.ofMinutes(2);

    private static final int POLL_MILLIS = 10;

    private final HttpClient client = HttpClient.newHttpClient();
    private final int port;

    NodeClient(int port) {
        this.port = port;
    }

    /** An answer. */
    record Reply(int status, JsonNode body) {}

    Reply send(String method, String path, @Nullable String json)
            throws IOException, InterruptedException {
        return send(method, path, "application/json", json);
    }

    Reply send(String method, String path, String contentType, @Nullable String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + MASTER_KEY)
                        .timeout(REQUEST_TIME_MAX);
        if (body != null) {
            request.header("Content-Type", contentType);
        }
        request.method(
                method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
        return new Reply(response.statusCode(), Json.parse(response.body()));
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        Reply reply = send("GET", path, null);
        assertEquals(200, reply.status(), () -> reply.body().toString());
        return reply.body();
    }

    /** Sends a write, and returns its task's uid. */
    long write(String method, String path, @Nullable String json)
            throws IOException, InterruptedException {
        Reply reply = send(method, path, json);
        assertEquals(202, reply.status(), () -> reply.body().toString());
        return reply.body().get("taskUid").longValue();
    }

    /** Waits until a task is finished, and returns it. */
    JsonNode await(long uid) throws IOException, InterruptedException {
        long end = System.nanoTime() + TASK_TIME_MAX.toNanos();
        while (true) {
            JsonNode task = get("/tasks/" + uid);
            if (!task.get("finishedAt").isNull()) {
                return task;
            }
            assertTrue(System.nanoTime() < end, () -> "still running: " + task);
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Sends a write and waits until it succeeded. */
    JsonNode done(String method, String path, @Nullable String json)
            throws IOException, InterruptedException {
        JsonNode task = await(write(method, path, json));
        assertEquals("succeeded", task.get("status").stringValue(), task::toString);
        return task;
    }

    @Override
    public void close() {
        client.close();
    }
}
