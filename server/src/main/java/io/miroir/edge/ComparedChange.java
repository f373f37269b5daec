package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A change of a row that is decided on what was read, and written only where that is still so. One
 * that another change came before is decided anew: none is lost.
 */
final class ComparedChange {
    /** Rounds, each lost to a change that was made. */
    static final int ROUNDS_MAX = 10;

    private ComparedChange() {}

    /** What is to be done to a row that was read. */
    interface Step<R, T> {
        /** What came of it; empty if the row was changed or deleted since. */
        Optional<T> take(R row) throws InterruptedException;
    }

    /**
     * Reads and changes a row.
     *
     * @return what came of it; empty if there is no such row
     * @throws ApiException if others changed it in every round
     */
    static <R, T> Optional<T> make(Supplier<Optional<R>> read, Step<R, T> step)
            throws InterruptedException {
        for (int round = 0; round < ROUNDS_MAX; round++) {
            Optional<R> row = read.get();
            if (row.isEmpty()) {
                return Optional.empty();
            }
            Optional<T> made = step.take(row.get());
            if (made.isPresent()) {
                return made;
            }
        }
        throw new ApiException(ErrorCode.MIROIR_OVERLOADED, "Others change it all the time.");
    }
}
