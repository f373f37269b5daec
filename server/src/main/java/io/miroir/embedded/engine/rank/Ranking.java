package io.miroir.embedded.engine.rank;

import java.util.List;
import org.apache.lucene.util.FixedBitSet;

/**
 * Documents in order.
 *
 * @param hits best first, as many as were wanted
 * @param candidates every document that matches, as far as that is known
 */
public record Ranking(List<Ranked> hits, FixedBitSet candidates) {}
