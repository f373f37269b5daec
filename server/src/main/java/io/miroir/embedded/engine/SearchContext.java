package io.miroir.embedded.engine;

import io.miroir.api.features.Features;

/**
 * What a search needs to know of its surroundings.
 *
 * @param indexUid the name of the index now, for messages
 * @param features the experimental features that are on
 */
public record SearchContext(String indexUid, Features features) {}
