package io.miroir.embedded.engine;

import io.miroir.api.ErrorCode;

/** What became of an {@link Operation}. */
public sealed interface Outcome {
    /**
     * It is applied.
     *
     * @param documents documents indexed or deleted; 0 for settings
     */
    record Done(long documents) implements Outcome {}

    /** It is refused and changed nothing; the words are for the task's error. */
    record Refused(ErrorCode code, String message) implements Outcome {}
}
