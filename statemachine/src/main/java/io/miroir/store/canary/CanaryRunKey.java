package io.miroir.store.canary;

/** Which run. */
public record CanaryRunKey(String canaryId, long ranAt) {}
