package io.miroir.bench.gate;

import java.util.Locale;

/** What a row says of the store beside Redis at equal durability. */
enum Verdict {
    BETTER,
    EQUAL,
    WORSE,
    /** Not measured: it failed, or no time was left. The command fails. */
    ABSENT;

    /** As rows print it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
