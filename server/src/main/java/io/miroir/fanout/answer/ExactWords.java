package io.miroir.fanout.answer;

import io.miroir.core.merge.KWayMerge;
import io.miroir.core.merge.RankValue;
import io.miroir.core.merge.RankValue.ExactMatch;
import io.miroir.core.merge.Ranked;
import io.miroir.core.merge.RuleOrder;
import io.miroir.core.merge.ScoreGroups;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ShardSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which words of a query documents have as they are written. The rule {@code exactness} asks
 * whether an attribute is or begins with those words of the query that one of the documents has so
 * which the rules before find equal, or that one of the index has, where these looked at no pairs
 * of words that stand together. A node knows its own documents alone. So the nodes are asked for
 * the words of documents whose attributes match on theirs, and what lacks a word that another one
 * has is no match.
 */
public final class ExactWords {
    /**
     * Where more is found nobody asks: some document of every node then has the words as they are
     * written, mostly, and it takes a request for each word.
     */
    static final int FOUND_MAX = 100;

    /** The costs of two words that stand far from one another are these and one less. */
    private static final int PROXIMITY_RANKS_PER_PAIR = 3;

    private final ObjectNode client;
    private final List<String> words;
    private final int attributes;
    private final List<Bucket> buckets;
    private final Set<String> documents = new TreeSet<>();
    private final List<Integer> asked;

    /** A hit. */
    private record Row(ObjectNode hit, Ranked ranked, int place, String document) {
        RankValue.Exactness exactness() {
            return (RankValue.Exactness) ranked.ranks().get(place);
        }

        boolean matches() {
            return exactness().match() != ExactMatch.NO_EXACT_MATCH;
        }
    }

    /**
     * Hits that the rules before find equal.
     *
     * @param words how many of the query they match
     * @param open those of them that some may have otherwise than they are written
     * @param ofIndex whether words of the whole index count
     */
    private record Bucket(
            List<Row> rows,
            Set<Integer> nodes,
            int words,
            SortedSet<Integer> open,
            boolean ofIndex) {
        boolean isOpen() {
            // Whoever matches one word alone has it.
            return words > 1
                    && !open.isEmpty()
                    && (ofIndex || nodes.size() > 1)
                    && rows.stream().anyMatch(Row::matches);
        }
    }

    private ExactWords(
            ObjectNode client, List<String> words, int attributes, List<Bucket> buckets) {
        this.client = client;
        this.words = words;
        this.attributes = attributes;
        this.buckets = buckets;
        buckets.forEach(bucket -> bucket.rows.forEach(row -> documents.add(row.document)));
        asked = buckets.stream().flatMap(bucket -> bucket.open.stream()).distinct().toList();
    }

    /** Whether an attribute of a hit matches, so that other nodes' words may matter. */
    static boolean mayMatter(List<ObjectNode> answers) {
        return answers.size() > 1
                && answers.stream()
                        .flatMap(answer -> answer.path("hits").valueStream())
                        .map(hit -> hit.path(ScoreDetails.FIELD).path("exactness"))
                        .anyMatch(rule -> rule.isObject() && !rule.has("maxMatchingWords"));
    }

    /**
     * Of a search by words.
     *
     * @param words of the query, in their order, each to be found by itself
     * @param begins whether the last one may be the beginning of another
     * @param synonyms whether others may stand for them
     * @param answers of the nodes to it
     * @return empty if no node can have taken for a match what is none
     */
    static Optional<ExactWords> of(
            ObjectNode client,
            IndexProfile index,
            List<String> words,
            boolean begins,
            boolean synonyms,
            List<ObjectNode> answers) {
        Map<List<RankValue>, Bucket> buckets = new HashMap<>();
        for (int node = 0; node < answers.size(); node++) {
            for (JsonNode hit : answers.get(node).path("hits")) {
                Ranked ranked = ScoreDetails.read(hit);
                int place = place(ranked.ranks());
                if (place < 0) {
                    continue;
                }
                List<RankValue> before = ranked.ranks().subList(0, place);
                Bucket bucket =
                        buckets.computeIfAbsent(
                                before, b -> bucket(b, words.size(), begins, synonyms));
                bucket.nodes.add(node);
                bucket.rows.add(new Row((ObjectNode) hit, ranked, place, ScoreDetails.tie(hit)));
            }
        }
        List<Bucket> open = buckets.values().stream().filter(Bucket::isOpen).toList();
        ExactWords exact = new ExactWords(client, words, index.attributes(), open);
        return words.size() < 2 || exact.documents.isEmpty() || exact.documents.size() > FOUND_MAX
                ? Optional.empty()
                : Optional.of(exact);
    }

    /** Where the rule is; -1 if it is not, or typos say that other words count. */
    private static int place(List<RankValue> ranks) {
        for (int i = 0; i < ranks.size(); i++) {
            if (ranks.get(i) instanceof RankValue.Exactness) {
                return i;
            }
            if (ranks.get(i) instanceof RankValue.Typos(int count, int _) && count > 0) {
                return -1;
            }
        }
        return -1;
    }

    private static Bucket bucket(
            List<RankValue> before, int wordsOfQuery, boolean begins, boolean synonyms) {
        int words = wordsOfQuery;
        // Who makes no typo has words as they are written, or what one stands for or begins.
        boolean typos = synonyms || before.stream().noneMatch(RankValue.Typos.class::isInstance);
        for (RankValue rank : before) {
            if (rank instanceof RankValue.Words(int matching, int _)) {
                words = Math.min(matching, wordsOfQuery);
            }
        }
        SortedSet<Integer> open = new TreeSet<>();
        for (int word = 0; word < words; word++) {
            if (typos || (begins && word == wordsOfQuery - 1)) {
                open.add(word);
            }
        }
        boolean ofIndex = true;
        for (RankValue rank : before) {
            if (rank instanceof RankValue.Score(RankValue.ScoreRule rule, double score)
                    && rule == RankValue.ScoreRule.PROXIMITY) {
                int ranks = PROXIMITY_RANKS_PER_PAIR * (words - 1) + 1;
                ofIndex = Math.round(score * ranks) <= 1;
            }
        }
        return new Bucket(new ArrayList<>(), new HashSet<>(), words, open, ofIndex);
    }

    /** How many words are to be asked for. */
    public int words() {
        return asked.size();
    }

    /**
     * Asks a node for those of the documents that have a word as it is written.
     *
     * @param only the shards to search, or null if the node holds no other
     */
    public ObjectNode documentsRequest(int word, @Nullable ShardSet only) {
        ObjectNode request = request(word);
        for (String field : List.of("attributesToSearchOn", "locales")) {
            JsonNode value = client.get(field);
            if (value != null) {
                request.set(field, value);
            }
        }
        NodeFilter.add(request, NodeFilter.documents(documents));
        NodeFilter.restrict(request, only);
        request.putArray("attributesToRetrieve").add(Separators.SEQ_FIELD);
        return request.put("distinct", Separators.SEQ_FIELD).put("limit", documents.size());
    }

    /**
     * Asks a node whether any document of the index has a word as it is written.
     *
     * @param only as in {@link #documentsRequest}
     */
    public ObjectNode indexRequest(int word, @Nullable ShardSet only) {
        ObjectNode request = request(word);
        NodeFilter.restrict(request, only);
        return request.put("limit", 0);
    }

    private ObjectNode request(int word) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("q", '"' + words.get(asked.get(word)) + '"');
    }

    /**
     * Changes what is no match on one server, and puts the hits of each node in order again.
     *
     * @param ofDocuments the answers to {@link #documentsRequest}, by the word
     * @param ofIndex the answers to {@link #indexRequest}, by the word
     */
    public void settle(
            List<ObjectNode> answers,
            List<List<ObjectNode>> ofDocuments,
            List<List<ObjectNode>> ofIndex) {
        Map<Integer, Set<String>> having = new HashMap<>();
        for (int i = 0; i < asked.size(); i++) {
            Set<String> documentsOfWord = new HashSet<>();
            ofDocuments
                    .get(i)
                    .forEach(
                            node ->
                                    node.path("hits")
                                            .forEach(
                                                    hit ->
                                                            documentsOfWord.add(
                                                                    hit.path(Separators.SEQ_FIELD)
                                                                            .asString(""))));
            having.put(asked.get(i), documentsOfWord);
        }
        boolean changed = false;
        for (Bucket bucket : buckets) {
            Set<Integer> compared = new HashSet<>();
            for (int word : bucket.open) {
                Set<String> documentsOfWord = having.getOrDefault(word, Set.of());
                boolean there =
                        bucket.rows.stream().anyMatch(r -> documentsOfWord.contains(r.document))
                                || (bucket.ofIndex
                                        && ofIndex.get(asked.indexOf(word)).stream()
                                                .anyMatch(node -> Paging.total(node) > 0));
                if (there) {
                    compared.add(word);
                }
            }
            for (Row row : bucket.rows) {
                changed |= row.matches() && settle(row, bucket, compared, having);
            }
        }
        if (changed) {
            answers.forEach(ExactWords::putInOrder);
        }
    }

    private boolean settle(
            Row row, Bucket bucket, Set<Integer> compared, Map<Integer, Set<String>> having) {
        int wordsOfBucket = bucket.words;
        int matching = 0;
        boolean lacksOne = false;
        for (int word = 0; word < wordsOfBucket; word++) {
            boolean has =
                    !bucket.open.contains(word)
                            || having.getOrDefault(word, Set.of()).contains(row.document);
            matching += has ? 1 : 0;
            lacksOne |= !has && compared.contains(word);
        }
        if (!lacksOne) {
            return false;
        }
        List<RankValue> ranks = new ArrayList<>(row.ranked.ranks());
        ranks.set(
                row.place,
                new RankValue.Exactness(ExactMatch.NO_EXACT_MATCH, matching, wordsOfBucket));
        ((ObjectNode) row.hit.path(ScoreDetails.FIELD).path("exactness"))
                .put("matchType", "noExactMatch")
                .put("matchingWords", matching)
                .put("maxMatchingWords", wordsOfBucket)
                .put("score", (matching + 1) / (3.0 * (wordsOfBucket + 1)));
        ScoreGroups.rescored(row.ranked.ranks(), row.ranked.score(), ranks, attributes)
                .ifPresent(score -> row.hit.put(ScoreDetails.SCORE_FIELD, score));
        return true;
    }

    /** Merged one by one: places within a metre of each other are equal, which no sort takes. */
    private static void putInOrder(ObjectNode answer) {
        if (answer.get("hits") instanceof ArrayNode hits) {
            List<Iterator<JsonNode>> each =
                    hits.valueStream().map(hit -> List.of(hit).iterator()).toList();
            List<JsonNode> sorted =
                    KWayMerge.take(
                            new KWayMerge<>(
                                    each,
                                    Comparator.comparing(ScoreDetails::read, RuleOrder.WITH_TIES)),
                            hits.size());
            hits.removeAll();
            hits.addAll(sorted);
        }
    }
}
