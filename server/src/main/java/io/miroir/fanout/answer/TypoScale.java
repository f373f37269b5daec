package io.miroir.fanout.answer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a typo takes off a score: it is divided by how many there could be, and a node counts only
 * what its own documents allow ({@code teapot} for {@code tea pot} is worse than any typo in these
 * two). One server counts the most of all documents that the rules before find equal; that is the
 * most of all nodes, as each that has one of these documents on the page shows one.
 */
final class TypoScale {
    private static final String TYPO = "typo";
    private static final String MAX = "maxTypoCount";
    private static final String COUNT = "typoCount";
    private static final String ORDER = "order";
    private static final double SAME_SCORE = 1e-9;

    private TypoScale() {}

    /** A rank out of as many as a rule has; the best is {@code max}. */
    private record Rank(long rank, long max) {
        /** The score of the rules behind it, in that of it and them. */
        double behind(double score) {
            return score * max - rank + 1;
        }

        /** The other way round. */
        double before(double behind) {
            return (rank - 1 + behind) / max;
        }
    }

    /** Makes the scores of hits those of one server. */
    static void align(List<? extends JsonNode> hits) {
        if (isAlike(hits)) {
            return;
        }
        Map<Map<String, JsonNode>, Long> most = new HashMap<>();
        for (JsonNode hit : hits) {
            JsonNode typo = typo(hit);
            if (typo.isObject()) {
                most.merge(before(hit), typo.path(MAX).asLong(), Math::max);
            }
        }
        for (JsonNode hit : hits) {
            if (typo(hit) instanceof ObjectNode typo) {
                long max = most.getOrDefault(before(hit), 0L);
                if (typo.path(MAX).asLong() < max) {
                    align((ObjectNode) hit, typo, max);
                }
            }
        }
    }

    private static boolean isAlike(List<? extends JsonNode> hits) {
        return hits.stream().map(hit -> typo(hit).path(MAX)).distinct().count() <= 1;
    }

    private static JsonNode typo(JsonNode hit) {
        return hit.path(ScoreDetails.FIELD).path(TYPO);
    }

    /** What the rules before say of a hit. */
    private static Map<String, JsonNode> before(JsonNode hit) {
        int order = typo(hit).path(ORDER).asInt();
        Map<String, JsonNode> before = new HashMap<>();
        hit.path(ScoreDetails.FIELD)
                .properties()
                .forEach(
                        rule -> {
                            if (rule.getValue().path(ORDER).asInt() < order) {
                                before.put(rule.getKey(), rule.getValue());
                            }
                        });
        return before;
    }

    private static void align(ObjectNode hit, ObjectNode typo, long max) {
        List<Rank> before = ranks(before(hit)).orElse(null);
        if (before == null) {
            return;
        }
        long count = typo.path(COUNT).asLong();
        long maxHere = typo.path(MAX).asLong();
        double score = hit.path(ScoreDetails.SCORE_FIELD).asDouble();
        for (Rank rank : before) {
            score = rank.behind(score);
        }
        double behind = new Rank(maxHere + 1 - count, maxHere + 1).behind(score);
        if (behind < 0 || behind > 1 + SAME_SCORE) {
            // Too many ranks for the node to count: its score is no such number.
            return;
        }
        score = new Rank(max + 1 - count, max + 1).before(behind);
        for (Rank rank : before.reversed()) {
            score = rank.before(score);
        }
        typo.put(MAX, max).put("score", (max + 1 - count) / (double) (max + 1));
        hit.put(ScoreDetails.SCORE_FIELD, score);
    }

    /** The ranks of rules, in their order; empty if one does not tell out of how many it is. */
    private static Optional<List<Rank>> ranks(Map<String, JsonNode> rules) {
        List<Rank> ranks = new ArrayList<>();
        List<Map.Entry<String, JsonNode>> inOrder = new ArrayList<>(rules.entrySet());
        inOrder.sort(
                (left, right) ->
                        Integer.compare(
                                left.getValue().path(ORDER).asInt(),
                                right.getValue().path(ORDER).asInt()));
        for (Map.Entry<String, JsonNode> rule : inOrder) {
            JsonNode value = rule.getValue();
            long matching = value.path("matchingWords").asLong();
            long words = value.path("maxMatchingWords").asLong();
            switch (rule.getKey()) {
                case "words" -> ranks.add(new Rank(matching, Math.max(1, words)));
                case "exactness" -> {
                    if (!value.has("maxMatchingWords")) {
                        // Where an attribute matches, words count as well and are not told.
                        return Optional.empty();
                    }
                    ranks.add(new Rank(1, 3));
                    ranks.add(new Rank(matching + 1, words + 1));
                }
                case "proximity", "attribute", "attributeRank", "wordPosition", "skipped" -> {
                    return Optional.empty();
                }
                // A sort is no part of the score.
                default -> {}
            }
        }
        return Optional.of(ranks);
    }
}
