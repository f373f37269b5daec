package io.miroir.cli.client;

import java.net.URI;
import java.util.List;

/** How a call to several servers ended. */
public sealed interface Reply {
    /**
     * A server answered, whatever its status.
     *
     * @param skipped servers that could not be reached before it
     */
    record Answered(ApiAnswer answer, URI by, int skipped) implements Reply {}

    /**
     * No server answered.
     *
     * @param reasons one sentence a server, in the order of trying
     * @param indeterminate the call was sent to one of them, which may have acted on it
     */
    record Unanswered(List<String> reasons, boolean indeterminate) implements Reply {
        public Unanswered {
            reasons = List.copyOf(reasons);
        }
    }
}
