package io.miroir.store.nodesettings;

/** Which node, which index. */
public record NodeSettingsKey(String indexUid, String nodeId) {}
