package io.miroir.edge.http;

import io.undertow.server.HttpServerExchange;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A request on an Undertow exchange. */
final class ExchangeRequest implements Request {
    private final HttpServerExchange exchange;
    private final String id;
    private final Body body;
    private final List<String> segments;
    private final Map<String, String> query;
    private final Map<String, String> pathParts;
    private final List<Runnable> atEnd;

    /** The body as it comes, and decoded. */
    record Body(ChannelStream raw, InputStream decoded) {}

    ExchangeRequest(HttpServerExchange exchange, String id, Body body) {
        this(
                exchange,
                id,
                body,
                Paths.segments(pathOf(exchange)),
                Paths.query(exchange.getQueryString()),
                Map.of(),
                new ArrayList<>());
    }

    private ExchangeRequest(
            HttpServerExchange exchange,
            String id,
            Body body,
            List<String> segments,
            Map<String, String> query,
            Map<String, String> pathParts,
            List<Runnable> atEnd) {
        this.exchange = exchange;
        this.id = id;
        this.body = body;
        this.segments = segments;
        this.query = query;
        this.pathParts = pathParts;
        this.atEnd = atEnd;
    }

    /** The path of an origin-form or absolute-form request target. */
    private static String pathOf(HttpServerExchange exchange) {
        String target = exchange.getRequestURI();
        if (exchange.isHostIncludedInRequestURI()) {
            int authority = target.indexOf("//") + 2;
            int slash = target.indexOf('/', authority);
            return slash < 0 ? "/" : target.substring(slash);
        }
        return target;
    }

    @Override
    public String method() {
        return exchange.getRequestMethod().toString();
    }

    @Override
    public List<String> segments() {
        return segments;
    }

    @Override
    public String rawPath() {
        return pathOf(exchange);
    }

    @Override
    public String rawQuery() {
        return exchange.getQueryString();
    }

    @Override
    public String path(String name) {
        return Objects.requireNonNull(pathParts.get(name), name);
    }

    @Override
    public Map<String, String> query() {
        return query;
    }

    @Override
    public @Nullable String header(String name) {
        return exchange.getRequestHeaders().getFirst(name);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public InputStream body() {
        return body.decoded();
    }

    @Override
    public InputStream body(long millisMax) {
        body.raw().hurry(millisMax);
        return body.decoded();
    }

    @Override
    public void atEnd(Runnable work) {
        atEnd.add(work);
    }

    /** It has been answered. */
    void ended() {
        atEnd.forEach(Runnable::run);
    }

    @Override
    public Request withPath(Map<String, String> parts) {
        return new ExchangeRequest(exchange, id, body, segments, query, Map.copyOf(parts), atEnd);
    }
}
