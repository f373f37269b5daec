package io.miroir.bench.load;

import io.miroir.api.Json;
import io.miroir.bench.tools.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A server as its clients see it: a bare node, or a pod before others. Many threads may ask. */
final class Server implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final Duration IDLE_PATIENCE = Duration.ofMinutes(20);
    private static final Duration IDLE_LOOK = Duration.ofMillis(50);

    private final URI address;
    private final String key;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .executor(Executors.newVirtualThreadPerTaskExecutor())
                    .build();

    Server(URI address, String key) {
        this.address = address;
        this.key = key;
    }

    URI address() {
        return address;
    }

    /** An index that is there when this returns. */
    void createIndex(String uid) {
        byte[] body = Json.bytes(Json.object().put("uid", uid).put("primaryKey", "id"));
        requireOk(send("POST", "/indexes", body));
        awaitIdle();
    }

    /**
     * Writes documents.
     *
     * @return the task; empty if the server has too much to do at the moment
     */
    OptionalLong write(String uid, byte[] documents) {
        HttpResponse<byte[]> answer = send("POST", "/indexes/" + uid + "/documents", documents);
        if (answer.statusCode() == 503 || answer.statusCode() == 429) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(requireOk(answer).path("taskUid").asLong());
    }

    /** Until all tasks have ended; none may have failed. */
    void awaitIdle() {
        long giveUpNanos = System.nanoTime() + IDLE_PATIENCE.toNanos();
        while (has("enqueued,processing")) {
            if (System.nanoTime() > giveUpNanos) {
                throw new IllegalStateException(address + " does not come to an end");
            }
            Await.pause(IDLE_LOOK);
        }
        if (has("failed,canceled")) {
            throw new IllegalStateException("a task failed on " + address);
        }
    }

    private boolean has(String statuses) {
        JsonNode tasks = requireOk(send("GET", "/tasks?limit=1&statuses=" + statuses, null));
        return !tasks.path("results").isEmpty();
    }

    /** What it answers; throws unless that is a success. */
    JsonNode ask(String method, String target, @Nullable JsonNode body) {
        return requireOk(send(method, target, body == null ? null : Json.bytes(body)));
    }

    /** The answer's body; throws unless it is a success. */
    static JsonNode requireOk(HttpResponse<byte[]> answer) {
        JsonNode body = Json.parse(answer.body());
        if (answer.statusCode() / 100 != 2) {
            throw new IllegalStateException(answer.uri() + " answers " + body);
        }
        return body;
    }

    /** Sends a request; whatever the answer is, it is one. */
    HttpResponse<byte[]> send(String method, String target, byte @Nullable [] body) {
        HttpRequest request =
                HttpRequest.newBuilder(address.resolve(target))
                        .timeout(TIMEOUT)
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofByteArray(body))
                        .build();
        try {
            return http.send(request, BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(address.toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
