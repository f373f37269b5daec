package io.miroir.embedded.engine.rank;

import java.util.List;

/**
 * Documents that a rule finds equal.
 *
 * @param docs ascending
 * @param paths readings of the query by which they were found
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Bucket(int[] docs, List<Path> paths, Score score) {}
