package io.miroir.core.filter;

/** A filter that the grammar refuses; the message is the one a Meilisearch client reads. */
public final class FilterSyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Refuses with this message. */
    public FilterSyntaxException(String message) {
        // Clients cause these at will: no stack trace is paid for them.
        super(message, null, false, false);
    }

    /** Refuses because of {@code problem}, found at {@code where}. */
    public FilterSyntaxException(String problem, Word where) {
        this(where.complain(problem));
    }

    /** The message; never absent. */
    public String text() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
