package io.miroir.cluster.member;

/** The pod must not start as it is; the message says why and what to do. */
public final class StartRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With a message for the operator. */
    public StartRefusedException(String message) {
        super(message);
    }
}
