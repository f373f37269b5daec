package io.miroir.api.indexes;

/**
 * Two names that are exchanged.
 *
 * @param rename true if the first index only takes the second name, which must be free
 */
public record Swap(String first, String second, boolean rename) {}
