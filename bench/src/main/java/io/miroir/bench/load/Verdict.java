package io.miroir.bench.load;

import java.util.Locale;

/** Whether a figure is as it is asked to be. */
enum Verdict {
    MET,
    MISSED,
    /** Nothing is asked of it: it explains another one. */
    TOLD,
    /** Not measured. The command fails. */
    ABSENT;

    /** As rows print it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
