package io.miroir.config;

import io.miroir.config.bind.Problem;
import java.util.List;

/** What came of reading a configuration. */
public sealed interface LoadOutcome {
    /** What the operator should know though it can run. */
    List<Problem> warnings();

    /** A configuration that can run. */
    record Loaded(MiroirConfig config, List<Problem> warnings) implements LoadOutcome {}

    /**
     * One that can't.
     *
     * @param errors everything wrong with it, never empty
     */
    record Refused(List<Problem> errors, List<Problem> warnings) implements LoadOutcome {}
}
