package io.miroir.embedded.engine.rank;

import io.miroir.api.Json;
import io.miroir.api.JsonText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What all ranking rules together say of a document. */
public final class Scores {
    private Scores() {}

    /**
     * Neighbouring places become one; the rest stay as they are. Lists of this form are compared
     * when hits of several searches become one list.
     */
    public sealed interface Value {
        /** A score, 0 to 1. */
        record Scored(double score) implements Value {}

        /** A value that is sorted by. */
        record Sorted(Score.Sort sort) implements Value {}

        /** A distance that is sorted by. */
        record Distant(Score.GeoSort sort) implements Value {}
    }

    /** The values of some scores. */
    public static List<Value> values(List<Score> scores) {
        List<Value> values = new ArrayList<>();
        Score.Rank run = null;
        for (Score score : scores) {
            Score.Rank rank = score.asRank();
            if (rank != null) {
                run = run == null ? rank : Score.Rank.merge(run, rank);
                continue;
            }
            if (run != null) {
                values.add(new Value.Scored(run.score()));
                run = null;
            }
            values.add(single(score));
        }
        if (run != null) {
            values.add(new Value.Scored(run.score()));
        }
        return values;
    }

    private static Value single(Score score) {
        return switch (score) {
            case Score.Sort sort -> new Value.Sorted(sort);
            case Score.GeoSort sort -> new Value.Distant(sort);
            case Score.Vector vector -> {
                Float similarity = vector.similarity();
                yield new Value.Scored(similarity == null ? 0 : similarity);
            }
            default -> throw new IllegalStateException("a rank is no single value");
        };
    }

    /** The score shown: of the vectors if they had a part, else of all places; 1 without either. */
    public static double global(List<Score> scores) {
        Score.Rank run = new Score.Rank(1, 1);
        for (Score score : scores) {
            Score.Rank rank = score.asRank();
            if (rank != null) {
                run = Score.Rank.merge(run, rank);
            } else if (score instanceof Score.Vector vector) {
                Float similarity = vector.similarity();
                return similarity == null ? 0 : similarity;
            }
        }
        return run.score();
    }

    /**
     * The details as clients read them.
     *
     * @param unified whether attribute and position are one rule, as older indexes have it
     */
    public static ObjectNode details(List<Score> scores, boolean unified) {
        ObjectNode details = Json.object();
        Score.Rank attribute = null;
        int order = 0;
        for (Score score : scores) {
            boolean joins =
                    score instanceof Score.ExactWords
                            || (unified && score instanceof Score.WordPosition);
            if (joins) {
                join(details, score, attribute);
                continue;
            }
            if (score instanceof Score.AttributeRank own) {
                attribute = own.rank();
            }
            ObjectNode node = Json.object().put("order", order);
            details.set(name(score, order, unified), describe(score, node, unified));
            order++;
        }
        return details;
    }

    private static String name(Score score, int order, boolean unified) {
        return switch (score) {
            case Score.Words _ -> "words";
            case Score.Typo _ -> "typo";
            case Score.Proximity _ -> "proximity";
            case Score.AttributeRank _ -> unified ? "attribute" : "attributeRank";
            case Score.WordPosition _ -> "wordPosition";
            case Score.Exact _, Score.ExactWords _ -> "exactness";
            case Score.Sort sort ->
                    sort.hidden()
                            ? "<hidden-rule-" + order + ">"
                            : sort.field() + (sort.ascending() ? ":asc" : ":desc");
            case Score.GeoSort geo ->
                    "_geoPoint("
                            + JsonText.plain(geo.latitude())
                            + ", "
                            + JsonText.plain(geo.longitude())
                            + "):"
                            + (geo.ascending() ? "asc" : "desc");
            case Score.Vector _ -> "vectorSort";
        };
    }

    private static ObjectNode describe(Score score, ObjectNode node, boolean unified) {
        return switch (score) {
            case Score.Words words ->
                    node.put("matchingWords", words.matching())
                            .put("maxMatchingWords", words.max())
                            .put("score", rank(score));
            case Score.Typo typo ->
                    node.put("typoCount", typo.count())
                            .put("maxTypoCount", typo.max())
                            .put("score", rank(score));
            case Score.AttributeRank _ ->
                    node.put(unified ? "attributeRankingOrderScore" : "score", rank(score));
            case Score.Proximity _, Score.WordPosition _, Score.ExactWords _ ->
                    node.put("score", rank(score));
            case Score.Exact exact -> node.put("matchType", exact.word()).put("score", rank(score));
            case Score.Sort sort -> {
                switch (sort.hidden() ? "<hidden>" : sort.value()) {
                    case Double number -> node.put("value", number);
                    case String text -> node.put("value", text);
                    case null, default -> node.putNull("value");
                }
                yield node;
            }
            case Score.GeoSort geo -> {
                if (geo.value() == null) {
                    yield node.putNull("value").putNull("distance");
                }
                node.putObject("value")
                        .put("lat", geo.value().latitude())
                        .put("lng", geo.value().longitude());
                yield node.put("distance", geo.distance());
            }
            case Score.Vector vector -> node.put("similarity", vector.similarity());
        };
    }

    private static double rank(Score score) {
        Score.Rank rank = score.asRank();
        return rank == null ? 0 : rank.score();
    }

    /** Some scores are shown inside the one before them. */
    private static void join(ObjectNode details, Score score, Score.@Nullable Rank attribute) {
        Score.Rank own = score.asRank();
        if (own == null) {
            return;
        }
        if (score instanceof Score.ExactWords words) {
            ObjectNode exactness = (ObjectNode) details.get("exactness");
            if (exactness
                    .path("matchType")
                    .asString("")
                    .equals(Score.Exact.NO_EXACT_MATCH.word())) {
                exactness.put("matchingWords", words.matching());
                exactness.put("maxMatchingWords", words.max());
                exactness.put(
                        "score", Score.Rank.merge(Score.Exact.NO_EXACT_MATCH.rank(), own).score());
            }
        } else if (attribute != null) {
            ObjectNode shown = (ObjectNode) details.get("attribute");
            shown.put("queryWordDistanceScore", own.score());
            shown.put("score", Score.Rank.merge(attribute, own).score());
        }
    }
}
