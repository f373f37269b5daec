package io.miroir.store.cdc;

import java.util.List;

/**
 * A file of events that a sink could not take yet. The log holds where it is and what it must hash
 * to, never the events.
 *
 * @param firstSeq its first event
 * @param lastSeq its last
 * @param sha256 64 hex digits, of the file
 * @param pods ids of the pods whose volumes hold it
 * @param createdAt store time; ignored when added
 */
public record CdcSegmentRow(
        String sinkName,
        String indexUid,
        long firstSeq,
        long lastSeq,
        long bytes,
        String sha256,
        List<String> pods,
        long createdAt) {}
