package io.miroir.store.cdc;

/** Which sink, which index. */
public record CdcCursorKey(String sinkName, String indexUid) {}
