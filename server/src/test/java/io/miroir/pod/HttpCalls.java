package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.fail;

import io.miroir.api.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** A client as SDKs are: JSON in, JSON out, and waiting for tasks. */
final class HttpCalls {
    /** For one request, and for what is waited for: ten times what takes longest on two cores. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final long PAUSE_NANOS = 20_000_000;

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI address;
    private final String key;

    HttpCalls(URI address, String key) {
        this.address = address;
        this.key = key;
    }

    /** The same server, asked with another key. */
    HttpCalls with(String other) {
        return new HttpCalls(address, other);
    }

    /** An answer. */
    record Reply(int status, JsonNode body, HttpResponse<byte[]> raw) {
        String header(String name) {
            return raw.headers().firstValue(name).orElse("");
        }
    }

    Reply call(String method, String target) {
        return call(method, target, "application/json", new byte[0]);
    }

    Reply call(String method, String target, String json) {
        return call(method, target, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    Reply call(String method, String target, String contentType, byte[] body) {
        return call(method, target, contentType, body, Map.of());
    }

    /** A GET with headers. */
    Reply get(String target, Map<String, String> headers) {
        return call("GET", target, BodyPublishers.noBody(), headers);
    }

    /** Any request with headers. */
    Reply call(String method, String target, String json, Map<String, String> headers) {
        byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
        return call(method, target, "application/json", utf8, headers);
    }

    /** A POST that does not tell its length. */
    Reply stream(String target, String contentType, String body) {
        byte[] utf8 = body.getBytes(StandardCharsets.UTF_8);
        return call(
                "POST",
                target,
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(utf8)),
                Map.of("Content-Type", contentType));
    }

    private Reply call(
            String method,
            String target,
            String contentType,
            byte[] body,
            Map<String, String> headers) {
        if (body.length == 0) {
            return call(method, target, BodyPublishers.noBody(), headers);
        }
        Map<String, String> typed = new HashMap<>(headers);
        typed.put("Content-Type", contentType);
        return call(method, target, BodyPublishers.ofByteArray(body), typed);
    }

    private Reply call(
            String method, String target, BodyPublisher body, Map<String, String> headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address.resolve(target))
                        .timeout(PATIENCE)
                        .header("Authorization", "Bearer " + key);
        headers.forEach(request::header);
        request.method(method, body);
        try {
            HttpResponse<byte[]> raw = http.send(request.build(), BodyHandlers.ofByteArray());
            JsonNode json =
                    raw.body().length == 0 || (raw.body()[0] != '{' && raw.body()[0] != '[')
                            ? Json.object()
                            : Json.parse(raw.body());
            return new Reply(raw.statusCode(), json, raw);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A POST with an idempotency key. */
    Reply post(String idempotencyKey, String target, String json) {
        return call(
                "POST",
                target,
                "application/json",
                json.getBytes(StandardCharsets.UTF_8),
                Map.of("Idempotency-Key", idempotencyKey));
    }

    /** The task of such a POST. */
    String withKey(String idempotencyKey, String target, String json) {
        Reply reply = post(idempotencyKey, target, json);
        return reply.status() == 202
                ? reply.body().path("taskUid").toString()
                : fail(reply.body().toString());
    }

    /** A write; gives its finished task. */
    JsonNode done(String method, String target, String json) {
        Reply reply = call(method, target, json);
        if (reply.status() != 202) {
            fail(method + " " + target + ": " + reply.status() + " " + reply.body());
        }
        return finished(reply.body().path("taskUid").asLong(-1));
    }

    /** The task once it has ended. */
    JsonNode finished(long taskUid) {
        return await(
                        "GET",
                        "/tasks/" + taskUid,
                        reply -> reply.status() == 200 && !reply.body().path("finishedAt").isNull())
                .body();
    }

    Reply awaitStatus(String method, String target, int status) {
        return await(method, target, reply -> reply.status() == status);
    }

    /**
     * What a pod with a view lease answers to a GET. One that lost it for a moment, as in an
     * election, says so in its answer or lets no client's key in, and is asked again.
     */
    Reply leased(String target) {
        return await(
                "GET",
                target,
                reply ->
                        reply.status() != 503
                                && !reply.header("X-Miroir-Degraded").contains("stale-view"));
    }

    /** The same of any request that may be asked again. */
    Reply leased(String method, String target, String json, Map<String, String> headers) {
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        Reply reply = call(method, target, json, headers);
        while (reply.body().path("code").asString("").equals("miroir_stale_view")
                && System.nanoTime() < giveUpNanos) {
            LockSupport.parkNanos(PAUSE_NANOS);
            reply = call(method, target, json, headers);
        }
        return reply;
    }

    Reply await(String method, String target, Predicate<Reply> wanted) {
        return await(method, target, "", wanted);
    }

    Reply await(String method, String target, String json, Predicate<Reply> wanted) {
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        Reply last = null;
        while (System.nanoTime() < giveUpNanos) {
            try {
                last = call(method, target, json);
                if (wanted.test(last)) {
                    return last;
                }
            } catch (UncheckedIOException notYet) {
                // The server is starting.
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        return fail(method + " " + target + " stays " + (last == null ? "away" : last.body()));
    }
}
