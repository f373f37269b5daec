package io.miroir.store;

import java.util.SortedMap;

/**
 * A fingerprint of the whole store.
 *
 * @param appliedIndex the index at which they were taken
 * @param sha256ByTable table name to the hex SHA-256 of its rows in key order
 */
public record Digests(long appliedIndex, SortedMap<String, String> sha256ByTable) {}
