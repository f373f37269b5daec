package io.miroir.edge.http;

/** Serves one kind of request; runs on a virtual thread and may block. */
@FunctionalInterface
public interface Handler {
    /**
     * Serves the request. {@link io.miroir.api.ApiException} becomes its error object, {@link
     * ClientGone} is dropped, anything else is an internal error.
     */
    Answer handle(Request request) throws Exception;
}
