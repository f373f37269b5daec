package io.miroir.cli.fleet;

/**
 * A fleet can't start or go on for a reason that its user can see to: a port in use, a full disk, a
 * child that died. The message says what and what to do, and is shown without a stack trace.
 */
public final class FleetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String message;

    /** The message is for the user, in full sentences. */
    public FleetException(String message) {
        super(message);
        this.message = message;
    }

    /** The same with what caused it, for the log. */
    public FleetException(String message, Throwable cause) {
        super(message, cause);
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
