package io.miroir.embedded.engine.rank;

import java.util.List;

/** A document that was found, and what the ranking rules say of it. */
public record Ranked(int doc, List<Score> scores) {}
