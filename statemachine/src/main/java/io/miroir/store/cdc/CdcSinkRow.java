package io.miroir.store.cdc;

/**
 * What waits for a sink, and what was given up.
 *
 * @param bytes of its segments
 * @param lostEvents events of segments that were given up, since the sink is known
 * @param lostBytes their bytes
 */
public record CdcSinkRow(String sinkName, long bytes, long lostEvents, long lostBytes) {}
