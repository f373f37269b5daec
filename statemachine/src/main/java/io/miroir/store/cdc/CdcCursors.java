package io.miroir.store.cdc;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import java.util.List;
import java.util.Optional;

/**
 * Cursors by sink and index. A publisher moves them forward by comparing: two that believe to own
 * the same events can't both advance. Segments that waited for what is delivered now go with it.
 *
 * <p>Cap: {@link #ROWS_MAX}; a cursor lives until its sink is forgotten.
 */
public interface CdcCursors {

    /**
     * The sink has acknowledged the events up to {@code seq}.
     *
     * @param expectedSeq the cursor that was read, 0 if there was none
     * @param seq above it
     */
    Reply<Move> advance(String sinkName, String indexUid, long expectedSeq, long seq);

    /** An operator's word: events are sent again, or never, from there on. */
    Reply<Move> set(String sinkName, String indexUid, long seq);

    /** Forgets all cursors and segments of a sink; answers how many cursors went. */
    Reply<Long> forget(String sinkName);

    /** How far a sink is with an index; empty before its first event. */
    Optional<CdcCursorRow> get(ReadLevel level, String sinkName, String indexUid);

    /** A sink's cursors, by index. */
    List<CdcCursorRow> of(ReadLevel level, String sinkName);

    int ROWS_MAX = 100_000;

    /** What came of a move. */
    sealed interface Move {
        record Moved(long seq) implements Move {}

        /** The cursor is elsewhere; nothing changed. */
        record Changed(long seq) implements Move {}

        record Full(int rowsMax) implements Move {}
    }
}
