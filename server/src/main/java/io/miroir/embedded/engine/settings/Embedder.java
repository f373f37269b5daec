package io.miroir.embedded.engine.settings;

/**
 * A source of vectors. This node computes none itself: documents and queries bring theirs.
 *
 * @param dimensions length of its vectors; 0 when the settings do not say
 */
public record Embedder(String name, String source, int dimensions) {}
