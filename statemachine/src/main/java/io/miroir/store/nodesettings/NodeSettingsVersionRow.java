package io.miroir.store.nodesettings;

/**
 * The settings version that one node was last verified to have for one index.
 *
 * @param updatedAt store time
 */
public record NodeSettingsVersionRow(
        String indexUid, String nodeId, long version, long updatedAt) {}
