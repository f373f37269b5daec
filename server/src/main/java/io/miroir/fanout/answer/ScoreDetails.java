package io.miroir.fanout.answer;

import io.miroir.core.merge.RankValue;
import io.miroir.core.merge.RankValue.ExactMatch;
import io.miroir.core.merge.RankValue.ScoreRule;
import io.miroir.core.merge.Ranked;
import io.miroir.core.merge.ScoreGroups;
import io.miroir.core.routing.Separators;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads a hit's {@code _rankingScoreDetails}, and makes of them what a client may see. */
final class ScoreDetails {
    static final String FIELD = "_rankingScoreDetails";
    static final String SCORE_FIELD = "_rankingScore";

    /** The rule that nodes have and clients don't: the last one, by sequence number. */
    static final String TIE_RULE = Separators.SEQ_FIELD + ":asc";

    private static final String VECTOR_RULE = "vectorSort";
    private static final String GEO_PREFIX = "_geoPoint(";
    private static final String ASCENDING = ":asc";
    private static final String DESCENDING = ":desc";

    private ScoreDetails() {}

    /** The rank of a hit of a plain search. */
    static Ranked read(JsonNode hit) {
        JsonNode details = hit.path(FIELD);
        List<RankValue> ranks = new ArrayList<>(details.size());
        int[] orders = new int[details.size()];
        String tie = null;
        for (Map.Entry<String, JsonNode> rule : details.properties()) {
            if (rule.getKey().equals(TIE_RULE)) {
                tie = rule.getValue().path("value").asString(null);
            } else {
                insert(rule.getKey(), rule.getValue(), ranks, orders);
            }
        }
        return new Ranked(0, ranks, hit.path(SCORE_FIELD).asDouble(0), List.of(), tie);
    }

    /** The rank of the same hit in a federated search, whose scores are weighted. */
    static Ranked federated(Ranked plain, int query, double weight) {
        return new Ranked(
                query,
                plain.ranks(),
                plain.score() * weight,
                ScoreGroups.of(plain.ranks(), plain.score(), weight),
                plain.tie());
    }

    /** The rank of a hit that nodes have not ranked: what is pinned is as good as any. */
    static Ranked pinned(int query) {
        return new Ranked(query, List.of(), 1, List.of(), null);
    }

    /** Says of a hit that it is there because it is pinned: no other rule has ranked it. */
    static void pin(ObjectNode hit, long position) {
        hit.put(SCORE_FIELD, 1.0);
        hit.putObject(FIELD).putObject("pin").put("order", 0).put("position", position);
    }

    /** The document's sequence number, by which the first of several is told; empty for none. */
    static String tie(JsonNode hit) {
        return hit.path(FIELD).path(TIE_RULE).path("value").asString("");
    }

    /** True if the hit was compared by its vector; one without is in the list all the same. */
    static boolean hasSimilarity(JsonNode hit) {
        return hit.path(FIELD).path(VECTOR_RULE).path("similarity").isNumber();
    }

    /** Forgets what other rules than the comparison of vectors say of the hit, but for its tie. */
    static void keepSimilarity(ObjectNode hit) {
        if (hit.get(FIELD) instanceof ObjectNode details) {
            details.retain(VECTOR_RULE, TIE_RULE);
            details.withObject(VECTOR_RULE).put("order", 0);
        }
    }

    /** Keeps the rules in their order, in which they nearly always are already. */
    private static void insert(String rule, JsonNode v, List<RankValue> ranks, int[] orders) {
        int order = v.path("order").asInt(0);
        int at = ranks.size();
        while (at > 0 && orders[at - 1] > order) {
            orders[at] = orders[at - 1];
            at--;
        }
        orders[at] = order;
        ranks.add(at, value(rule, v));
    }

    private static RankValue value(String rule, JsonNode v) {
        return switch (rule) {
            case "words" ->
                    new RankValue.Words(
                            v.path("matchingWords").asInt(0), v.path("maxMatchingWords").asInt(0));
            case "typo" ->
                    new RankValue.Typos(
                            v.path("typoCount").asInt(0), v.path("maxTypoCount").asInt(0));
            case "proximity" -> new RankValue.Score(ScoreRule.PROXIMITY, score(v));
            case "attributeRank" -> new RankValue.Score(ScoreRule.ATTRIBUTE_RANK, score(v));
            case "wordPosition" -> new RankValue.Score(ScoreRule.WORD_POSITION, score(v));
            case "attribute" ->
                    new RankValue.Attribute(
                            v.path("attributeRankingOrderScore").asDouble(0),
                            v.path("queryWordDistanceScore").asDouble(0));
            case "exactness" ->
                    new RankValue.Exactness(
                            match(v.path("matchType").asString("")),
                            v.path("matchingWords").asInt(0),
                            v.path("maxMatchingWords").asInt(0));
            case VECTOR_RULE -> new RankValue.Similarity(v.path("similarity").asDouble(0));
            case "skipped" -> new RankValue.Skipped();
            default -> sorted(rule, v);
        };
    }

    private static RankValue sorted(String rule, JsonNode v) {
        boolean ascending = rule.endsWith(ASCENDING);
        if (!ascending && !rule.endsWith(DESCENDING)) {
            throw new IllegalArgumentException("unknown ranking rule in score details: " + rule);
        }
        if (rule.startsWith(GEO_PREFIX)) {
            return new RankValue.Distance(ascending, v.path("distance").asDouble(Double.NaN));
        }
        return new RankValue.Sorted(ascending, SortValues.key(v.path("value")));
    }

    private static double score(JsonNode rule) {
        return rule.path("score").asDouble(0);
    }

    private static ExactMatch match(String type) {
        return switch (type) {
            case "exactMatch" -> ExactMatch.EXACT_MATCH;
            case "matchesStart" -> ExactMatch.MATCHES_START;
            default -> ExactMatch.NO_EXACT_MATCH;
        };
    }

    /**
     * Makes the details what one node would show: without the tie rule, and sorts of attributes
     * that are not displayed without name and value.
     */
    static void show(ObjectNode details, IndexProfile index) {
        details.remove(TIE_RULE);
        if (index.displayed() == null) {
            return;
        }
        for (Map.Entry<String, JsonNode> rule : List.copyOf(details.properties())) {
            String name = rule.getKey();
            int colon = name.lastIndexOf(':');
            if (colon < 0 || name.startsWith(GEO_PREFIX)) {
                continue;
            }
            if (!index.displaysNamed(name.substring(0, colon))) {
                details.remove(name);
                int order = rule.getValue().path("order").asInt();
                details.putObject("<hidden-rule-" + order + ">")
                        .put("order", order)
                        .put("value", "<hidden>");
            }
        }
    }
}
