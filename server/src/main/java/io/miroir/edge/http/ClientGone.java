package io.miroir.edge.http;

import java.io.IOException;

/** The client hung up or fell silent before its request was whole: nobody waits for an answer. */
public sealed class ClientGone extends IOException permits BodyLate {
    private static final long serialVersionUID = 1L;

    ClientGone(String message) {
        super(message);
    }

    ClientGone(IOException cause) {
        super(cause);
    }
}
