package io.miroir.capability.leader.export;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.HttpUrl;
import io.miroir.api.Json;
import io.miroir.api.UrlText;
import io.miroir.api.export.ExportRequest;
import io.miroir.fanout.export.ExportClient;
import io.miroir.fanout.export.ExportClient.Body;
import io.miroir.fanout.outside.OutsideClient.Reply;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The Meilisearch that an export goes to. It is asked again while it may yet be better. */
final class Target {
    /** Statuses after which Meilisearch asks again. */
    private static final Set<Integer> TRANSIENT = Set.of(408, 429, 500, 502, 503, 504);

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** A payload may be large, and the way there slow. */
    private static final Duration PAYLOAD_TIMEOUT = Duration.ofMinutes(1);

    private static final Set<String> SCHEMES = Set.of("http", "https");
    private static final String JSON = "application/json";
    private static final String NDJSON = "application/x-ndjson";
    private static final String GZIP = "gzip";
    private static final String NO_INDEX = ErrorCode.INDEX_NOT_FOUND.wireName();

    private static final Pattern SLASHES = Pattern.compile("/+$");

    /** What a header can hold. */
    private static final Pattern HEADER = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");

    private final ExportClient client;
    private final String base;
    private final @Nullable String apiKey;
    private final Retries retries;

    /** It refuses what it is asked, or can't be asked: nothing that this cluster's nodes do. */
    static final class FailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final ApiException error;

        FailedException(ApiException error) {
            super(error.text(), error);
            this.error = error;
        }

        /** What the task ends with. */
        ApiException error() {
            return error;
        }
    }

    /** The one that a client named; what is wrong with its URL is found when it is asked. */
    Target(ExportRequest request, ExportClient client, Retries retries) {
        this.client = client;
        this.base = SLASHES.matcher(request.url()).replaceFirst("");
        this.apiKey = request.apiKey();
        this.retries = retries;
    }

    /** Whether it has an index. */
    boolean has(String uid) throws InterruptedException {
        Reply.Answered answer = ask("GET", "/indexes/" + uid, Body.NONE, TIMEOUT);
        if (!answer.ok() && !json(answer).path("code").asString("").equals(NO_INDEX)) {
            throw refused(answer);
        }
        return answer.ok();
    }

    /** Has it make an index. */
    void create(String uid, @Nullable String primaryKey) throws InterruptedException {
        send("POST", "/indexes", Json.object().put("uid", uid).put("primaryKey", primaryKey));
    }

    /** Has it change the primary key. */
    void update(String uid, @Nullable String primaryKey) throws InterruptedException {
        send("PATCH", "/indexes/" + uid, Json.object().put("primaryKey", primaryKey));
    }

    /** Has it change settings. */
    void set(String uid, ObjectNode settings) throws InterruptedException {
        send("PATCH", "/indexes/" + uid + "/settings", settings);
    }

    /** Sends documents, compressed. */
    void add(String uid, byte[] documents) throws InterruptedException {
        require(
                ask(
                        "POST",
                        "/indexes/" + uid + "/documents",
                        new Body(documents, NDJSON, GZIP),
                        PAYLOAD_TIMEOUT));
    }

    private void send(String method, String path, ObjectNode body) throws InterruptedException {
        require(ask(method, path, new Body(Json.bytes(body), JSON, null), TIMEOUT));
    }

    private static void require(Reply.Answered answer) {
        if (!answer.ok()) {
            throw refused(answer);
        }
    }

    private Reply.Answered ask(String method, String path, Body body, Duration timeout)
            throws InterruptedException {
        ExportClient.Call call = new ExportClient.Call(method, url(path), key(), body, timeout);
        Retries.Try next = retries.begin();
        while (true) {
            switch (client.ask(call)) {
                case Reply.Answered answer -> {
                    if (!TRANSIENT.contains(answer.status()) || !next.pause()) {
                        return answer;
                    }
                }
                case Reply.Unreached unreached -> {
                    if (!next.pause()) {
                        throw failed(unreached.why());
                    }
                }
                case Reply.Forbidden forbidden ->
                        throw failed(
                                "bad uri: Rejected URI: `"
                                        + forbidden.address().getHostAddress()
                                        + "` is a local address, and in none of"
                                        + " `server.export_ip_networks`");
            }
        }
    }

    /** Meilisearch's words; it tries for a while what will never be one. */
    private HttpUrl url(String path) {
        URI url;
        try {
            url = new URI(base + path);
        } catch (URISyntaxException none) {
            throw failed("http: invalid format");
        }
        if (url.getScheme() == null) {
            throw failed("bad uri: " + base + path + " is missing scheme");
        }
        if (url.isOpaque()) {
            throw failed("http: invalid format");
        }
        Optional<HttpUrl> called = UrlText.http(url.toString()).filter(one -> isCalled(url, one));
        boolean isHttp = SCHEMES.contains(url.getScheme().toLowerCase(Locale.ROOT));
        if (called.isEmpty() && (isHttp || url.getHost() == null)) {
            throw failed("http: invalid format");
        }
        return called.orElseThrow(() -> failed("bad uri: unknown scheme: " + url.getScheme()));
    }

    /** Of a host that has no name to Java no certificate is checked. */
    private static boolean isCalled(URI url, HttpUrl one) {
        return url.getHost() != null || !one.isSecure();
    }

    private @Nullable String key() {
        if (apiKey != null && !HEADER.matcher(apiKey).matches()) {
            throw failed("http: failed to parse header value");
        }
        return apiKey;
    }

    private static FailedException refused(Reply.Answered answer) {
        JsonNode error = json(answer);
        if (error.path("code").isString() && error.path("message").isString()) {
            return failed(
                    "Failed to export documents to remote server %s (%s): %s <%s>"
                            .formatted(
                                    error.path("code").stringValue(),
                                    error.path("type").asString(""),
                                    error.path("message").stringValue(),
                                    error.path("link").asString("")));
        }
        return failed(
                "The remote server answered "
                        + answer.status()
                        + " without an error of Meilisearch.");
    }

    private static JsonNode json(Reply.Answered answer) {
        try {
            return Json.parse(answer.body());
        } catch (JacksonException none) {
            return Json.object();
        }
    }

    private static FailedException failed(String why) {
        return new FailedException(new ApiException(ErrorCode.INTERNAL, why));
    }
}
