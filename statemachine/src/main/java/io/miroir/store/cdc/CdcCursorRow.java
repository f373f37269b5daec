package io.miroir.store.cdc;

/**
 * How far one sink has come in one index.
 *
 * @param lastEventSeq the last event that it acknowledged
 * @param updatedAt store time
 */
public record CdcCursorRow(String sinkName, String indexUid, long lastEventSeq, long updatedAt) {}
