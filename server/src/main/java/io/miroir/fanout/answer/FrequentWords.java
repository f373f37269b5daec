package io.miroir.fanout.answer;

import io.miroir.api.settings.RankingRule;
import io.miroir.core.text.QueryParts;
import io.miroir.core.topology.ShardSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A search that lets go of the most frequent words first ({@code matchingStrategy: frequency}). How
 * frequent they are each node tells of its own documents. So the nodes are asked how many have each
 * word, and then for the documents that have all words, for those that have all but the most
 * frequent, and so on. A word that is let go of is replaced by one that must not be there and is
 * nowhere: so the others keep their positions, and are no neighbours that were none.
 */
public final class FrequentWords {
    /** A word that must not be there, and is nowhere. */
    public static final String NOWHERE = "-miroirnowhere0";

    private static final String STRATEGY = "matchingStrategy";
    private static final String WORDS = "words";
    private static final long NOBODY = Long.MAX_VALUE;

    /** More steps are not gone. */
    private static final int STEPS_MAX = 16;

    /** As many words that are as frequent have few enough choices. */
    private static final int ALIKE_MAX = 4;

    private final ObjectNode client;
    private final IndexProfile index;
    private final List<QueryParts.Part.Word> words;

    /**
     * A step of letting go.
     *
     * @param query the words that are left
     * @param gone how many were let go of
     * @param most what the best step has of {@code maxMatchingWords}
     */
    public record Step(String query, int gone, int most) {}

    private FrequentWords(ObjectNode client, IndexProfile index, List<QueryParts.Part.Word> words) {
        this.client = client;
        this.index = index;
        this.words = words;
    }

    /** Whether a search lets go of words in that order. */
    static boolean isAsked(ObjectNode client) {
        return client.path(STRATEGY).asString("").equals("frequency")
                && !client.path("hybrid").isObject()
                && !client.path("q").asString("").isBlank();
    }

    /**
     * Of a search; empty where there are phrases or words that must not be there, or one word.
     *
     * @param nowhere how the index cuts {@link #NOWHERE}, which must stay one word
     */
    static Optional<FrequentWords> of(
            ObjectNode client, IndexProfile index, QueryParts query, QueryParts nowhere) {
        List<QueryParts.Part.Word> words = new ArrayList<>();
        for (QueryParts.Part part : query.terms()) {
            if (part instanceof QueryParts.Part.Word word) {
                words.add(word);
            }
        }
        boolean plain =
                words.size() == query.terms().size()
                        && query.negativeWords().isEmpty()
                        && query.negativePhrases().isEmpty()
                        && nowhere.terms().isEmpty()
                        && nowhere.negativeWords().size() == 1;
        return plain && words.size() > 1
                ? Optional.of(new FrequentWords(client, index, words))
                : Optional.empty();
    }

    /** How many words there are to ask for. */
    public int words() {
        return words.size();
    }

    /**
     * Asks a node how many documents have a word.
     *
     * @param only the shards to search, or null if the node holds no other
     */
    public ObjectNode wordRequest(int word, @Nullable ShardSet only) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        for (String field : List.of("attributesToSearchOn", "locales")) {
            JsonNode value = client.get(field);
            if (value != null) {
                request.set(field, value);
            }
        }
        NodeFilter.restrict(request, only);
        return request.put("q", text(words.get(word))).put("limit", 0);
    }

    /** Before a blank it is not the beginning of another word. */
    private static String text(QueryParts.Part.Word word) {
        return word.last() ? word.text() : word.text() + " ";
    }

    /**
     * The steps, the one with all words first; none if they are too many.
     *
     * @param ofWords the answers to {@link #wordRequest}, by the word
     */
    public List<Step> steps(List<List<ObjectNode>> ofWords) {
        long[] frequencies = new long[words.size()];
        for (int word = 0; word < frequencies.length; word++) {
            long documents = ofWords.get(word).stream().mapToLong(Paging::total).sum();
            frequencies[word] = documents == 0 ? NOBODY : documents;
        }
        List<Integer> order =
                IntStream.range(0, frequencies.length)
                        .boxed()
                        .sorted(Comparator.comparingLong(word -> -frequencies[word]))
                        .toList();
        long least = frequencies[order.getLast()];
        int kept = (int) order.stream().filter(word -> frequencies[word] == least).count();
        int most = words.size() - kept + 1;
        List<Step> steps = new ArrayList<>(List.of(new Step(query(Set.of()), 0, most)));
        int removable = order.size() - kept;
        int begin = 0;
        while (begin < removable) {
            long frequency = frequencies[order.get(begin)];
            int end = begin + 1;
            while (end < removable && frequencies[order.get(end)] == frequency) {
                end++;
            }
            addSteps(order.subList(0, begin), order.subList(begin, end), most, steps);
            begin = end;
        }
        return steps.size() <= STEPS_MAX ? steps : List.of();
    }

    /** Of words that are as frequent any can go first: one of them, two of them, and so on. */
    private void addSteps(List<Integer> before, List<Integer> alike, int most, List<Step> steps) {
        if (alike.size() > ALIKE_MAX) {
            steps.addAll(Collections.nCopies(STEPS_MAX, new Step("", 0, most)));
            return;
        }
        for (int count = 1; count <= alike.size(); count++) {
            for (int chosen = 1; chosen < 1 << alike.size(); chosen++) {
                if (Integer.bitCount(chosen) == count) {
                    Set<Integer> gone = new HashSet<>(before);
                    for (int i = 0; i < alike.size(); i++) {
                        if ((chosen >> i & 1) == 1) {
                            gone.add(alike.get(i));
                        }
                    }
                    steps.add(new Step(query(gone), gone.size(), most));
                }
            }
        }
    }

    private String query(Set<Integer> gone) {
        StringBuilder query = new StringBuilder();
        int position = 0;
        for (int i = 0; i < words.size(); i++) {
            QueryParts.Part.Word word = words.get(i);
            for (; position < word.position(); position++) {
                query.append(NOWHERE).append(' ');
            }
            query.append(gone.contains(i) ? NOWHERE : word.text()).append(' ');
            position++;
        }
        return words.getLast().last() ? query.toString().stripTrailing() : query.toString();
    }

    /**
     * Asks a node for the documents of a step, as far as a page can reach: what is before one of
     * them is before it in the end, too.
     *
     * @param only as in {@link #wordRequest}
     */
    public ObjectNode stepRequest(Step step, @Nullable ShardSet only) {
        // Who wants all words does not rank by them: where that rule is the first, what has some
        // only comes behind, and is left out in the end.
        ObjectNode search = client.deepCopy();
        search.put(STRATEGY, wordsPlace() == 0 ? "last" : "all").put("q", step.query);
        search.remove("facets");
        return SearchCall.of(search, index).nodeRequest(only);
    }

    /**
     * Asks a node how many documents have the words that are left in the end.
     *
     * @param only as in {@link #wordRequest}
     */
    public ObjectNode countRequest(Step last, @Nullable ShardSet only) {
        ObjectNode search = client.deepCopy();
        search.put(STRATEGY, "all").put("q", last.query);
        ObjectNode request = SearchCall.of(search, index).nodeRequest(only);
        for (String size : List.of("limit", "hitsPerPage")) {
            if (request.has(size)) {
                request.put(size, 0);
            }
        }
        return request;
    }

    /**
     * Makes of the answers to all steps what nodes would answer that let go in this order: each
     * document comes in its first step, and is ranked by that, and none counts.
     */
    public void settle(List<Step> steps, List<List<ObjectNode>> ofSteps) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < steps.size(); i++) {
            Set<String> ofStep = new HashSet<>();
            for (ObjectNode answer : ofSteps.get(i)) {
                countNothing(answer);
                if (answer.get("hits") instanceof ArrayNode hits) {
                    List<JsonNode> found = new ArrayList<>(hits.valueStream().toList());
                    hits.removeAll();
                    for (JsonNode hit : found) {
                        String document = ScoreDetails.tie(hit);
                        if (!seen.contains(document) && hasAllWords(hit)) {
                            ofStep.add(document);
                            rank((ObjectNode) hit, steps.get(i));
                            hits.add(hit);
                        }
                    }
                }
            }
            seen.addAll(ofStep);
        }
    }

    private static boolean hasAllWords(JsonNode hit) {
        JsonNode rule = hit.path(ScoreDetails.FIELD).path(WORDS);
        return rule.path("matchingWords").asInt() == rule.path("maxMatchingWords").asInt();
    }

    private static void countNothing(ObjectNode answer) {
        for (String total : List.of("totalHits", "estimatedTotalHits")) {
            if (answer.has(total)) {
                answer.put(total, 0);
            }
        }
        answer.remove(List.of("facetDistribution", "facetStats"));
    }

    /**
     * Ranks by how many words match: the first rule of the score, as it goes before all on words.
     */
    private void rank(ObjectNode hit, Step step) {
        int place = wordsPlace();
        if (place < 0 || !(hit.get(ScoreDetails.FIELD) instanceof ObjectNode details)) {
            return;
        }
        int max = details.path(WORDS).path("maxMatchingWords").asInt(1);
        if (!details.has(WORDS)) {
            insert(details, place);
        }
        int matching = step.most - step.gone;
        details.withObject(WORDS)
                .put("matchingWords", matching)
                .put("maxMatchingWords", step.most)
                .put("score", matching / (double) step.most);
        if (hit.has(ScoreDetails.SCORE_FIELD)) {
            double others = hit.path(ScoreDetails.SCORE_FIELD).asDouble() * max - (max - 1);
            hit.put(ScoreDetails.SCORE_FIELD, (matching - 1 + others) / step.most);
        }
    }

    private static void insert(ObjectNode details, int place) {
        for (JsonNode rule : details) {
            int order = rule.path("order").asInt();
            if (order >= place) {
                ((ObjectNode) rule).put("order", order + 1);
            }
        }
        details.putObject(WORDS).put("order", place);
    }

    /** How many sorts go before the rule on words; -1 if it is none of the rules. */
    private int wordsPlace() {
        Set<String> sorted = new HashSet<>();
        for (RankingRule rule : index.rankingRules()) {
            switch (rule) {
                case RankingRule.Builtin builtin when builtin == RankingRule.Builtin.SORT ->
                        client.path("sort").forEach(by -> sorted.add(field(by.asString(""))));
                // Each other rule on words takes that one before itself.
                case RankingRule.Builtin _ -> {
                    return sorted.size();
                }
                case RankingRule.ByField(String field, boolean _) -> sorted.add(field);
            }
        }
        return -1;
    }

    private static String field(String sort) {
        int colon = sort.lastIndexOf(':');
        return colon < 0 ? sort : sort.substring(0, colon);
    }
}
