package io.miroir.fanout.answer;

import io.miroir.core.merge.HybridOrder;
import io.miroir.core.merge.Ranked;
import io.miroir.core.merge.WordsAlone;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a query says of searching by words and by vectors. */
final class HybridQuery {
    private static final String FIELD = "hybrid";
    private static final String RATIO = "semanticRatio";
    private static final double RATIO_DEFAULT = 0.5;

    private HybridQuery() {}

    /** The order of hits of which some are found by words, others by vectors. */
    static Optional<Comparator<Ranked>> order(ObjectNode query) {
        OptionalDouble ratio = ratio(query);
        return ratio.isPresent()
                ? Optional.of(new HybridOrder(ratio.getAsDouble()))
                : Optional.empty();
    }

    /** Whether a server might not look at vectors; empty where it does look, or there are none. */
    static Optional<WordsAlone> wordsAlone(ObjectNode query, int wanted) {
        OptionalDouble ratio = ratio(query);
        // Without words it is a search by vectors, or one for everything.
        return ratio.isEmpty() || query.path("q").asString("").isBlank()
                ? Optional.empty()
                : WordsAlone.of(ratio.getAsDouble(), wanted);
    }

    /** The same query by its words alone. */
    static ObjectNode byWords(ObjectNode query) {
        ObjectNode words = query.deepCopy();
        ((ObjectNode) words.path(FIELD)).put(RATIO, 0);
        return words;
    }

    /** Empty where all hits are found in one way. */
    private static OptionalDouble ratio(ObjectNode query) {
        JsonNode hybrid = query.path(FIELD);
        double ratio = hybrid.path(RATIO).asDouble(RATIO_DEFAULT);
        return hybrid.isObject() && ratio > 0 && ratio < 1
                ? OptionalDouble.of(ratio)
                : OptionalDouble.empty();
    }
}
