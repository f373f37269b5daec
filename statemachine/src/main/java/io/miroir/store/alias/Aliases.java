package io.miroir.store.alias;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import java.util.List;
import java.util.Optional;

/** Aliases by name. */
public interface Aliases {

    /**
     * Points an alias to its targets, in one step for all readers.
     *
     * @param expectedVersion the version that was read, 0 to create, {@link #ANY_VERSION} not to
     *     care
     */
    Reply<Flip> flip(String name, AliasRow.Kind kind, List<String> targets, long expectedVersion);

    /** Answers whether there was such an alias. */
    Reply<Boolean> delete(String name);

    /** One alias with its history; empty if there is none. */
    Optional<AliasRow> get(ReadLevel level, String name);

    /** All aliases by name. */
    List<AliasRow> list(ReadLevel level);

    long ANY_VERSION = -1;

    int ROWS_MAX = 10_000;

    int TARGETS_MAX = 1_000;

    /** Of what an alias pointed to before; the oldest goes, however many the limits let stay. */
    int HISTORY_BYTES_MAX = 256 << 10;

    /** What came of a {@link #flip}. */
    sealed interface Flip {
        record Flipped(long version) implements Flip {}

        /** Another flip came between; {@code version} is 0 if there is no such alias. */
        record Changed(long version) implements Flip {}

        /** An index has the name, or one is given it just now; nothing was written. */
        record NameTaken() implements Flip {}

        record Full(int rowsMax) implements Flip {}
    }
}
