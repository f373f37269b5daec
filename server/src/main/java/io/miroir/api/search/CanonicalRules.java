package io.miroir.api.search;

import io.miroir.api.ErrorCode;
import io.miroir.api.settings.RankingRule;
import io.miroir.api.settings.RankingRule.Builtin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The ranking rules that order the hits of one query, without those that have no say in it, and
 * notes of what was left out. Hits of two queries can only be merged when their rules are of the
 * same kinds, one by one.
 */
public final class CanonicalRules {
    private final List<RankingRule> source;
    private final @Nullable List<SortBy> sort;
    private final boolean allWords;
    private final List<RankingRule> kept = new ArrayList<>();
    private final List<SortBy> keptSort = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, Place> sorted = new HashMap<>();
    private final Map<Builtin, Place> seen = new HashMap<>();
    private boolean wordsPrepended;

    /** How the query looks for hits. */
    enum Search {
        PLACEHOLDER,
        KEYWORD,
        VECTOR;

        static Search of(SearchRequest request) {
            SearchRequest.Hybrid hybrid = request.semantic().hybrid();
            String q = request.matching().q();
            boolean placeholder = request.matching().isPlaceholder();
            boolean byVector =
                    hybrid != null
                            && hybrid.semanticRatio() > 0
                            && (placeholder
                                    ? request.semantic().vector() != null
                                    : hybrid.semanticRatio() == 1);
            if (byVector) {
                return VECTOR;
            }
            return q == null || q.isEmpty() ? PLACEHOLDER : KEYWORD;
        }
    }

    /** What can be compared with what. */
    enum Kind {
        RELEVANCY("relevancy"),
        ASCENDING("ascending sort"),
        DESCENDING("descending sort"),
        GEO_ASCENDING("ascending geo sort"),
        GEO_DESCENDING("descending geo sort");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        static Kind of(boolean geo, boolean ascending) {
            if (geo) {
                return ascending ? GEO_ASCENDING : GEO_DESCENDING;
            }
            return ascending ? ASCENDING : DESCENDING;
        }
    }

    /**
     * Where a rule stands.
     *
     * @param rule its place among the ranking rules
     * @param inSort its place in the query's sort; -1 if it is not from there
     */
    private record Place(int rule, int inSort) {
        @Override
        public String toString() {
            return inSort < 0
                    ? "#" + rule + " in ranking rules"
                    : "#"
                            + inSort
                            + " in `query.sort` (as `sort` is #"
                            + rule
                            + " in ranking rules)";
        }
    }

    /**
     * A rule to compare; relevancy rules side by side are one.
     *
     * @param first its place among the kept rules
     * @param last of the last rule in it
     * @param inSort its place in the kept sort; -1 if it is not from there
     */
    record Step(Kind kind, int first, int last, int inSort) {}

    private CanonicalRules(
            List<RankingRule> source, @Nullable List<SortBy> sort, boolean allWords) {
        this.source = source;
        this.sort = sort;
        this.allWords = allWords;
    }

    /**
     * The rules of a query.
     *
     * @param rules the index's ranking rules
     */
    public static CanonicalRules of(List<RankingRule> rules, SearchRequest request) {
        List<String> asked = request.selection().sort();
        List<SortBy> sort =
                asked == null ? null : SortBy.parse(asked, ErrorCode.INVALID_SEARCH_SORT);
        // Hits must have all words then, so that the rule `words` tells nothing.
        boolean allWords = request.matching().strategy() == MatchingStrategy.ALL;
        CanonicalRules canonical = new CanonicalRules(rules, sort, allWords);
        Search search = Search.of(request);
        for (int i = 0; i < rules.size(); i++) {
            switch (rules.get(i)) {
                case RankingRule.ByField by -> canonical.byField(by, i);
                case Builtin rule when rule == Builtin.SORT -> canonical.sort(i);
                case Builtin rule -> {
                    boolean goOn =
                            switch (search) {
                                case PLACEHOLDER -> canonical.dropPlaceholder(i);
                                case KEYWORD -> canonical.relevancy(rule, i);
                                case VECTOR -> canonical.vector(i);
                            };
                    if (!goOn) {
                        return canonical;
                    }
                }
            }
        }
        return canonical;
    }

    /** The steps to compare. */
    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < kept.size(); i++) {
            switch (kept.get(i)) {
                case RankingRule.ByField by ->
                        steps.add(
                                new Step(
                                        Kind.of(by.field().equals("_geo"), by.ascending()),
                                        i,
                                        i,
                                        -1));
                case Builtin rule when rule == Builtin.SORT -> {
                    for (int j = 0; j < keptSort.size(); j++) {
                        SortBy by = keptSort.get(j);
                        boolean geo = by instanceof SortBy.Geo;
                        steps.add(new Step(Kind.of(geo, by.ascending()), i, i, j));
                    }
                }
                case Builtin _ -> {
                    Step last = steps.isEmpty() ? null : steps.getLast();
                    if (last != null && last.kind == Kind.RELEVANCY) {
                        steps.set(steps.size() - 1, new Step(Kind.RELEVANCY, last.first, i, -1));
                    } else {
                        steps.add(new Step(Kind.RELEVANCY, i, i, -1));
                    }
                }
            }
        }
        return steps;
    }

    /** Says a step in words. */
    String told(Step step, long query, String indexUid) {
        String at = "`queries[" + query + "]";
        String index = "`" + indexUid + ".rankingRules[" + step.first;
        String kind = "]`: " + step.kind.words + " rule(s) ";
        if (step.inSort >= 0) {
            String on =
                    keptSort.get(step.inSort) instanceof SortBy.Field field
                            ? "on field `" + field.name() + "`"
                            : "default";
            return at + ".sort[" + step.inSort + "]`, " + index + kind + on;
        }
        String names =
                kept.subList(step.first, step.last + 1).stream()
                        .map(RankingRule::text)
                        .collect(Collectors.joining(", "));
        String range = step.last > step.first ? "..=" + step.last : "";
        return at + "`, " + index + range + kind + names;
    }

    /** What was left out, a line each. */
    String notes() {
        return String.join("", notes);
    }

    private void note(String text) {
        notes.add("    " + (notes.size() + 1) + ". " + text + "\n");
    }

    private void noteDuplicate(Place earlier, Place removed) {
        note(
                "Removed duplicate rule `"
                        + name(earlier)
                        + "` at position "
                        + removed
                        + " as it already appears at position "
                        + earlier);
    }

    private String name(Place place) {
        if (place.inSort < 0 || sort == null) {
            return source.get(place.rule).text();
        }
        SortBy by = sort.get(place.inSort);
        String direction = by.ascending() ? ":asc" : ":desc";
        return by instanceof SortBy.Field field ? field.name() + direction : "_geo(..)" + direction;
    }

    private void byField(RankingRule.ByField rule, int at) {
        Place place = new Place(at, -1);
        Place earlier = sorted.putIfAbsent(rule.field(), place);
        if (earlier == null) {
            kept.add(rule);
        } else {
            noteDuplicate(earlier, place);
        }
    }

    private void sort(int at) {
        Place place = new Place(at, -1);
        if (sort == null) {
            // One space less than before the other notes: so it is told.
            notes.add(
                    "   "
                            + (notes.size() + 1)
                            + ". Removed rule `sort` at position "
                            + place
                            + " because `query.sort` is empty\n");
            return;
        }
        Place before = seen.putIfAbsent(Builtin.SORT, place);
        if (before != null) {
            noteDuplicate(before, place);
            return;
        }
        kept.add(Builtin.SORT);
        Place geo = null;
        for (int i = 0; i < sort.size(); i++) {
            Place here = new Place(at, i);
            Place earlier;
            if (sort.get(i) instanceof SortBy.Field field) {
                earlier = sorted.putIfAbsent(field.name(), here);
            } else {
                earlier = geo;
                geo = geo == null ? here : geo;
            }
            if (earlier == null) {
                keptSort.add(sort.get(i));
            } else {
                noteDuplicate(earlier, here);
            }
        }
    }

    private boolean dropPlaceholder(int at) {
        Place place = new Place(at, -1);
        note(
                "Removed relevancy rule `"
                        + name(place)
                        + "` at position "
                        + place
                        + " because the query is a placeholder search (`q`: \"\")");
        return true;
    }

    /** The first relevancy rule stands for the vectors; false when rules after this have no say. */
    private boolean vector(int at) {
        Place place = new Place(at, -1);
        Place vector = seen.putIfAbsent(Builtin.WORDS, place);
        if (vector == null) {
            kept.add(source.get(at));
            return true;
        }
        boolean truncate = !sorted.isEmpty();
        note(
                (truncate ? "Truncated" : "Removed")
                        + " relevancy rule `"
                        + name(place)
                        + "` at position "
                        + place
                        + (truncate ? " and later rules" : "")
                        + " because the query is a vector search and `vector` was "
                        + (truncate ? "" : "already ")
                        + "inserted at position "
                        + vector);
        return !truncate;
    }

    private boolean relevancy(Builtin rule, int at) {
        Place place = new Place(at, -1);
        if (rule == Builtin.WORDS) {
            words(place);
            return true;
        }
        if (!allWords && !wordsPrepended && !seen.containsKey(Builtin.WORDS)) {
            note(
                    "Prepended rule `words` before first relevancy rule `"
                            + name(place)
                            + "` at position "
                            + place);
            kept.add(Builtin.WORDS);
            wordsPrepended = true;
        }
        Place earlier = seen.putIfAbsent(rule, place);
        if (earlier == null) {
            kept.add(rule);
        } else {
            noteDuplicate(earlier, place);
        }
        return true;
    }

    private void words(Place place) {
        if (allWords) {
            noteRemovedWords(place, "`query.matchingWords` is set to `all`");
            return;
        }
        Place earlier = seen.putIfAbsent(Builtin.WORDS, place);
        if (earlier != null) {
            noteDuplicate(earlier, place);
            return;
        }
        if (wordsPrepended) {
            noteRemovedWords(place, "it was previously prepended");
        }
        kept.add(Builtin.WORDS);
    }

    private void noteRemovedWords(Place place, String reason) {
        note("Removed rule `words` at position " + place + " because " + reason);
    }
}
