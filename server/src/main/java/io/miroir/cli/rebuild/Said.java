package io.miroir.cli.rebuild;

import java.util.Map;
import java.util.Set;

/**
 * What the operator says, by incarnation: the number of {@code m12}.
 *
 * @param names of indexes
 * @param shards how many they have
 * @param skipped to be left out
 */
public record Said(Map<Long, String> names, Map<Long, Integer> shards, Set<Long> skipped) {}
