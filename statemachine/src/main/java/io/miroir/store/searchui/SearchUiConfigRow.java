package io.miroir.store.searchui;

/**
 * The search UI of one index.
 *
 * @param updatedAt stamped by the store; ignored in a put
 */
public record SearchUiConfigRow(String indexUid, String configJson, long updatedAt) {}
