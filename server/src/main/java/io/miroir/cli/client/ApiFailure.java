package io.miroir.cli.client;

/** A call on which everything else depends did not succeed; the message says which and why. */
public final class ApiFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String message;

    /** The message names the call and the answer. */
    public ApiFailure(String message) {
        super(message);
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
