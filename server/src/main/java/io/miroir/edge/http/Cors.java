package io.miroir.edge.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;

/** Cross-origin rules: any origin may call, as with Meilisearch; keys are what protects. */
final class Cors {
    private static final HttpString ALLOW_ORIGIN = new HttpString("Access-Control-Allow-Origin");
    private static final HttpString ALLOW_METHODS = new HttpString("Access-Control-Allow-Methods");
    private static final HttpString ALLOW_HEADERS = new HttpString("Access-Control-Allow-Headers");
    private static final HttpString MAX_AGE = new HttpString("Access-Control-Max-Age");
    private static final HttpString REQUEST_METHOD =
            new HttpString("Access-Control-Request-Method");
    private static final HttpString REQUEST_HEADERS =
            new HttpString("Access-Control-Request-Headers");
    private static final String VARY =
            "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    private static final String METHODS =
            "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, CONNECT, TRACE";
    private static final String PREFLIGHT_SECONDS = "86400";

    private Cors() {}

    /** Whether a browser asks what it may send; answered for any path, without a key. */
    static boolean isPreflight(HttpServerExchange exchange) {
        HeaderMap headers = exchange.getRequestHeaders();
        return exchange.getRequestMethod().equals(Methods.OPTIONS)
                && headers.contains(Headers.ORIGIN)
                && headers.contains(REQUEST_METHOD);
    }

    /** Adds the headers that the request asks for. */
    static void addHeaders(HttpServerExchange exchange) {
        HeaderMap asked = exchange.getRequestHeaders();
        HeaderMap headers = exchange.getResponseHeaders();
        headers.put(Headers.VARY, VARY);
        if (asked.contains(Headers.ORIGIN)) {
            headers.put(ALLOW_ORIGIN, "*");
        }
        if (isPreflight(exchange)) {
            headers.put(ALLOW_METHODS, METHODS);
            headers.put(MAX_AGE, PREFLIGHT_SECONDS);
            String names = asked.getFirst(REQUEST_HEADERS);
            if (names != null) {
                headers.put(ALLOW_HEADERS, names);
            }
        }
    }
}
