package io.miroir.edge.http;

/** The client is there, and its body was not within the time that it had. */
final class BodyLate extends ClientGone {
    private static final long serialVersionUID = 1L;

    BodyLate(String message) {
        super(message);
    }
}
