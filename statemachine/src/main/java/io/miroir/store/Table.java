package io.miroir.store;

import java.util.List;
import java.util.Optional;

/**
 * The part that every keyed room has.
 *
 * @param <K> key
 * @param <R> row
 */
public interface Table<K, R> {

    /** Inserts the row or replaces the one with its key. */
    Reply<Put> put(R row);

    /** Answers whether there was such a row. */
    Reply<Boolean> delete(K key);

    /** One row; empty if there is none. */
    Optional<R> get(ReadLevel level, K key);

    /**
     * Rows in key order.
     *
     * @param limit at most this many, 1 to {@link #LIST_LIMIT_MAX}
     */
    List<R> list(ReadLevel level, int limit);

    /** Rows in one answer of {@link #list}. */
    int LIST_LIMIT_MAX = 100_000;

    /** What came of a {@link #put}. */
    sealed interface Put {
        record Written() implements Put {}

        /** The table holds its cap of rows and this key is not among them; nothing was written. */
        record Full(int rowsMax) implements Put {}
    }
}
