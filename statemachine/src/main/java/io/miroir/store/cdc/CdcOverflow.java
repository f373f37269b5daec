package io.miroir.store.cdc;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import java.util.List;
import java.util.Optional;

/**
 * The account of what waits for slow sinks. Segments go when the cursor passes them, or when they
 * are given up, which is counted: a gap is never silent.
 *
 * <p>Caps: the limits' {@code cdcOverflowBytesMax} a sink, {@link #SEGMENTS_MAX} in all, {@link
 * #SINKS_MAX} sinks. Nothing expires: what may be given up is the publisher's policy.
 */
public interface CdcOverflow {

    /** Accounts for a segment whose file is on disk. One that is known is left as it is. */
    Reply<Adding> add(CdcSegmentRow segment);

    /** Gives a segment up, delivered or not; answers whether there was one. */
    Reply<Boolean> lose(String sinkName, String indexUid, long firstSeq);

    /** A sink's segments, by index and sequence. */
    List<CdcSegmentRow> of(ReadLevel level, String sinkName);

    /** What waits for a sink, and what it lost; empty if nothing ever waited. */
    Optional<CdcSinkRow> sink(ReadLevel level, String sinkName);

    int SEGMENTS_MAX = 100_000;

    int SINKS_MAX = 1_000;

    /** What came of an {@link #add}. */
    sealed interface Adding {
        /**
         * It is accounted for.
         *
         * @param bytes what waits for the sink now
         */
        record Added(long bytes) implements Adding {}

        /** The cursor is past it: the file is of no use. */
        record Delivered() implements Adding {}

        /** {@code what} says which cap is reached; give something up, or hold events back. */
        record Full(String what) implements Adding {}
    }
}
