package io.miroir.store.cdc;

/**
 * How far one sink has come in one index.
 *
 * @param updatedAt stamped by the store; ignored in a put
 */
public record CdcCursorRow(String sinkName, String indexUid, long lastEventSeq, long updatedAt) {}
