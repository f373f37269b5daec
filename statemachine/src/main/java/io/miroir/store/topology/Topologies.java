package io.miroir.store.topology;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import java.util.Optional;

/** The one topology document. */
public interface Topologies {

    /**
     * Replaces the document if nobody else did since it was read.
     *
     * @param expectedVersion the version that was read, 0 if there was none
     */
    Reply<Replacement> replace(String json, long expectedVersion);

    /** The topology; empty before the first. */
    Optional<TopologyRow> get(ReadLevel level);

    /** What came of a {@link #replace}. */
    sealed interface Replacement {
        record Replaced(long version) implements Replacement {}

        record Changed(long version) implements Replacement {}
    }
}
