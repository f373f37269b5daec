package io.miroir.edge.http;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request as handlers see it. Paths and parameters are percent-decoded exactly once. */
public interface Request {
    /** The verb, for example {@code GET}. */
    String method();

    /** The decoded parts between the slashes of the path; empty parts are left out. */
    List<String> segments();

    /** The raw path as the client sent it, for logs and for passing on. */
    String rawPath();

    /** The raw query string without its question mark; may be empty. */
    String rawQuery();

    /** The value of a path part that the matched route calls {@code name}. */
    String path(String name);

    /** The query parameters in the client's order; the last one of a repeated name. */
    Map<String, String> query();

    /** The first header of that name, or null. */
    @Nullable String header(String name);

    /** Identifies this request in logs and in {@code X-Request-Id}. */
    String id();

    /**
     * The body, decompressed. Reading beyond the server's limit throws {@code payload_too_large}; a
     * body that does not fit its encoding throws {@code bad_request}; a client that goes away
     * throws {@link ClientGone}. May be read once.
     */
    InputStream body();

    /**
     * The same, which must come within so much time from now, and a second more for each MB of it
     * that has: one who is slow holds what has come for so long, and no longer. Reading it throws
     * {@link ClientGone} when that time is over.
     */
    InputStream body(long millisMax);

    /** Runs this when the request has been answered, or will not be. */
    void atEnd(Runnable work);

    /** The same request with the path parts of the route it matched. */
    Request withPath(Map<String, String> parts);
}
