package io.miroir.store.apikey;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * API keys by uid. What a key may do, where and until when never changes; expired ones stay until
 * deleted: clients still list them.
 */
public interface ApiKeys {

    /** Rows; the next key is refused. */
    int ROWS_MAX = 10_000;

    /** Makes a key. */
    Reply<Making> make(ApiKeyRow row);

    /**
     * Makes the keys that every cluster begins with. They are made once: those that are deleted
     * stay deleted.
     *
     * @param newestFirst in the order of lists
     * @return whether they were made now
     */
    Reply<Boolean> begin(List<ApiKeyRow> newestFirst);

    /**
     * Gives a key another name and description.
     *
     * @param read the key as it was read
     * @return false if it was changed or deleted since; nothing was written then
     */
    Reply<Boolean> relabel(ApiKeyRow read, @Nullable String name, @Nullable String description);

    /** Answers whether there was such a key. */
    Reply<Boolean> delete(String uid);

    /** One key; empty if there is none. */
    Optional<ApiKeyRow> get(ReadLevel level, String uid);

    /**
     * Keys by uid.
     *
     * @param limit at most this many
     */
    List<ApiKeyRow> list(ReadLevel level, int limit);

    /** What came of a {@link #make}. */
    sealed interface Making {
        record Made() implements Making {}

        /** Another key has the uid; nothing was written. */
        record Taken() implements Making {}

        /** There are as many keys as there may be. */
        record Full(int rowsMax) implements Making {}
    }
}
