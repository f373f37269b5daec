package io.miroir.raft.link;

import java.util.function.BooleanSupplier;

/**
 * Whether others find this member where they know it to be; only then does it ask for votes. A copy
 * of its disk that was started elsewhere can be sent nothing, but it could be elected, and what it
 * acknowledged then would be missing where the member itself comes back (protocol rule 24).
 */
final class Whereabouts {
    private final BooleanSupplier found;
    private volatile boolean certain;

    /**
     * @param found whether another pod has said so; asked until it has
     */
    Whereabouts(BooleanSupplier found) {
        this.found = found;
    }

    /** A member has sent something to where it knows this one to be. */
    void heardFrom() {
        if (!certain) {
            certain = true;
        }
    }

    /** Once it is known it stays so: the process does not move. */
    boolean areKnown() {
        if (!certain && found.getAsBoolean()) {
            certain = true;
        }
        return certain;
    }
}
