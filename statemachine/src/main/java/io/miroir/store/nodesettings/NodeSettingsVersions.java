package io.miroir.store.nodesettings;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import java.util.List;
import java.util.Optional;

/**
 * Verified settings versions by index and node. They only advance; they go when the index is
 * deleted, renamed or swapped, because then another index bears the name.
 *
 * <p>Cap: {@link #ROWS_MAX}; rows don't expire.
 */
public interface NodeSettingsVersions {

    /** The node was read back and has this version. */
    Reply<Advance> advance(String indexUid, String nodeId, long version);

    /** What was verified of one node; empty if nothing was. */
    Optional<NodeSettingsVersionRow> get(ReadLevel level, String indexUid, String nodeId);

    /** An index's nodes, by id. */
    List<NodeSettingsVersionRow> of(ReadLevel level, String indexUid);

    int ROWS_MAX = 1_000_000;

    /** What came of an {@link #advance}. */
    sealed interface Advance {
        record Advanced(long version) implements Advance {}

        /** A higher one was verified before; nothing changed. */
        record Behind(long version) implements Advance {}

        record Full(int rowsMax) implements Advance {}
    }
}
