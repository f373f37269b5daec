package io.miroir.store.feature;

/**
 * A switch that somebody has touched.
 *
 * @param name as clients write it
 * @param updatedAt stamped by the store; ignored in a put
 */
public record FeatureRow(String name, boolean on, long updatedAt) {}
