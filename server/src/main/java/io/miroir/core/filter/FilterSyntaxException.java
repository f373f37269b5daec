package io.miroir.core.filter;

import org.jspecify.annotations.Nullable;

/** A filter that the grammar refuses; the message is the one a Meilisearch client reads. */
public final class FilterSyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Word where;

    /** Refuses because of {@code problem}, found at {@code where}. */
    public FilterSyntaxException(String problem, Word where) {
        // Clients cause these at will: no stack trace is paid for them.
        super(where.complain(problem), null, false, false);
        this.where = where;
    }

    /** Where the problem was found; null only in a copy that was sent elsewhere. */
    @Nullable Word where() {
        return where;
    }

    /** The message; never absent. */
    public String text() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
