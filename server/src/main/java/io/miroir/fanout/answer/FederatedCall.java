package io.miroir.fanout.answer;

import io.miroir.core.merge.WordsAlone;
import io.miroir.core.topology.ShardSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A federated multi-search: several queries, one list of hits. Nodes search, and the proxy
 * federates: what they would federate themselves they would order, cut and even refuse by a ranking
 * rule that the client does not know of (the one by sequence). What only a federation counts, as it
 * counts a document once that several queries of an index find, is asked besides.
 */
public final class FederatedCall {
    static final String FEDERATION = "federation";
    static final String HIT_FEDERATION = "_federation";
    static final String INDEX = "indexUid";
    static final String REMOTE = "remote";
    static final String FACETS = "facetsByIndex";
    static final String MERGE = "mergeFacets";
    static final String RESULTS = "results";

    /**
     * What a node is asked of one query.
     *
     * @param asked false if the node holds no shard of the query's index
     * @param only the shards to search, or null if the node holds no other
     */
    public record Part(boolean asked, @Nullable ShardSet only) {}

    /**
     * What a node is asked for: hits and totals, each query by itself, or the total and the facets
     * of one index, over its queries. Nodes would refuse to count several at once where these rank
     * by rules that can't be compared, as each has one rule more than its client knows of.
     *
     * @param countsOf the index by the nodes' name; null for hits
     */
    public record Purpose(@Nullable String countsOf) {
        /** Hits and totals. */
        public static final Purpose HITS = new Purpose(null);
    }

    /**
     * What a node said.
     *
     * @param json its answer, which can't be used afterwards
     * @param parts what it was asked of each query
     */
    public record NodeAnswer(ObjectNode json, List<Part> parts, Purpose purpose) {}

    private final ObjectNode federation;
    private final Paging paging;
    private final List<FederatedQuery> queries;
    private final Set<Integer> counted;
    private final Set<Integer> narrowed;
    private final @Nullable String distinct;
    private final int depthMax;
    private final Map<Integer, WordsAlone> byWords;
    private final Map<Integer, PinnedCall> pinned;
    private final Set<Integer> forAll;
    private final Set<Integer> open;

    private FederatedCall(
            ObjectNode federation,
            List<FederatedQuery> queries,
            Map<Integer, WordsAlone> byWords,
            Map<Integer, PinnedCall> pinned,
            Set<Integer> forAll,
            Set<Integer> open) {
        this.federation = federation;
        this.byWords = byWords;
        this.pinned = pinned;
        this.forAll = forAll;
        this.open = open;
        this.paging = Paging.of(federation);
        this.queries = queries;
        this.counted = FederatedQuery.counted(federation, queries, open);
        this.narrowed = FederatedQuery.narrowed(federation, queries);
        JsonNode asked = federation.path("distinct");
        this.distinct = asked.isString() ? asked.asString() : null;
        // Each index has its own limit; the deepest lets each node apply its own.
        this.depthMax = queries.stream().mapToInt(q -> q.index().totalHitsMax()).max().orElse(0);
    }

    /**
     * A federated search.
     *
     * @param client the client's body with {@code federation}; it must be valid
     * @param indexes the index of each query, in their order
     * @param pinned what is left out of queries, by their positions, to be shown at its own places
     */
    public static FederatedCall of(
            ObjectNode client, List<IndexProfile> indexes, Map<Integer, PinnedCall> pinned) {
        JsonNode distinct = client.path(FEDERATION).path("distinct");
        List<FederatedQuery> queries = new ArrayList<>();
        JsonNode asked = client.path("queries");
        for (int i = 0; i < asked.size(); i++) {
            FederatedQuery query =
                    FederatedQuery.of(
                            (ObjectNode) asked.path(i),
                            indexes.get(i),
                            distinct,
                            FederatedQuery.countedByHits(client, indexes, indexes.get(i)));
            PinnedCall apart = pinned.get(i);
            queries.add(apart == null ? query : query.without(apart));
        }
        return new FederatedCall(
                (ObjectNode) client.path(FEDERATION),
                List.copyOf(queries),
                Map.of(),
                pinned,
                Set.of(),
                Set.of());
    }

    /** A query of a federation as a search by itself. */
    public static ObjectNode alone(ObjectNode query) {
        ObjectNode search = JsonNodeFactory.instance.objectNode();
        search.setAll(query);
        search.remove(List.of(INDEX, FederatedQuery.OPTIONS));
        return search;
    }

    /** What nodes must be asked for. */
    public List<Purpose> purposes() {
        if (!forAll.isEmpty()) {
            return List.of(Purpose.HITS);
        }
        List<Purpose> purposes = new ArrayList<>();
        if (open.isEmpty()) {
            purposes.add(Purpose.HITS);
        }
        (open.isEmpty() ? counted : open)
                .stream()
                        .map(position -> new Purpose(queries.get(position).index().physicalUid()))
                        .distinct()
                        .forEach(purposes::add);
        return purposes;
    }

    /** Whether a query has a part in a purpose. */
    public boolean concerns(Purpose purpose, int position) {
        if (!forAll.isEmpty()) {
            return forAll.contains(position);
        }
        return purpose.countsOf == null
                || (counted.contains(position)
                        && queries.get(position).index().physicalUid().equals(purpose.countsOf));
    }

    /**
     * What a node is asked.
     *
     * @param parts for each query; at least one must be asked
     */
    public ObjectNode nodeRequest(List<Part> parts, Purpose purpose) {
        if (!forAll.isEmpty()) {
            return census().nodeRequest(parts);
        }
        return new FederatedRequest(federation, queries, distinct, narrowed, open, depthMax, pinned)
                .of(parts, purpose.countsOf != null);
    }

    /**
     * The queries of which one server might look at the words alone, to be asked besides with only
     * these: the answers don't say whether it would.
     *
     * @param shown what was left out of queries
     */
    public Set<Integer> perhapsByWords(List<NodeAnswer> answers, Map<Integer, PinnedHits> shown) {
        Map<Integer, WordsAlone> hybrid = new TreeMap<>();
        for (int i = 0; i < queries.size(); i++) {
            int position = i;
            queries.get(i).wordsAlone(paging).ifPresent(words -> hybrid.put(position, words));
        }
        if (hybrid.isEmpty()) {
            return Set.of();
        }
        FederatedHits hits = hits(answers, shown);
        hybrid.entrySet()
                .removeIf(
                        query ->
                                !query.getValue()
                                        .isOpen(
                                                hits.ofNodes(query.getKey()),
                                                ofQuery(shown, query.getKey()).hits().size()));
        return Set.copyOf(hybrid.keySet());
    }

    /** The same search, some of its queries by words alone. */
    public FederatedCall byWords(Set<Integer> positions) {
        List<FederatedQuery> changed = new ArrayList<>(queries);
        Map<Integer, WordsAlone> words = new HashMap<>(byWords);
        for (int position : positions) {
            FederatedQuery query = queries.get(position);
            changed.set(position, query.byWords());
            words.put(position, query.wordsAlone(paging).orElseThrow());
        }
        return new FederatedCall(
                federation, List.copyOf(changed), Map.copyOf(words), pinned, Set.of(), Set.of());
    }

    /**
     * The queries that one server does search by words alone, told by the answers to those.
     *
     * @param shown as in {@link #perhapsByWords}
     */
    public Set<Integer> isByWords(List<NodeAnswer> answers, Map<Integer, PinnedHits> shown) {
        FederatedHits hits = hits(answers, shown);
        return byWords.entrySet().stream()
                .filter(
                        query -> {
                            WordsAlone words = query.getValue();
                            return words.isEnough(hits.best(query.getKey(), words.wanted()));
                        })
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private static PinnedHits ofQuery(Map<Integer, PinnedHits> shown, int position) {
        return shown.getOrDefault(position, PinnedHits.NONE);
    }

    private FederatedCensus census() {
        return new FederatedCensus(federation, queries, distinct, paging);
    }

    /**
     * The same search for all that some of its queries find, to be asked besides: what one server
     * counts can't always be told by what nodes show.
     *
     * @param shown what was left out of queries
     */
    public Optional<FederatedCall> forAll(
            List<NodeAnswer> answers, Map<Integer, PinnedHits> shown) {
        FederatedCensus census = census();
        if (narrowed.stream().noneMatch(census::isWanted)) {
            return Optional.empty();
        }
        Set<Integer> positions = census.positions(hits(answers, shown), narrowed, pinned.keySet());
        return positions.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new FederatedCall(
                                federation, queries, byWords, pinned, positions, Set.of()));
    }

    /**
     * The same search, to be asked besides for counts alone: one server that has all hits that it
     * wants of a query has not looked for what is too bad, and counts it.
     *
     * @param shown what was left out of queries
     */
    public Optional<FederatedCall> forCounts(
            List<NodeAnswer> answers, Map<Integer, PinnedHits> shown) {
        if (queries.stream().noneMatch(FederatedQuery::isCountedByDepth)) {
            return Optional.empty();
        }
        FederatedHits hits = hits(answers, shown);
        Set<Integer> full = new TreeSet<>();
        for (int i = 0; i < queries.size(); i++) {
            if (distinct == null
                    && !paging.counted()
                    && !pinned.containsKey(i)
                    && queries.get(i).isCountedByDepth()
                    && hits.isFull(i, paging, counted.contains(i))) {
                full.add(i);
            }
        }
        return full.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new FederatedCall(federation, queries, byWords, pinned, Set.of(), full));
    }

    /** The answers to the search before, those that count replaced by the answers to this one. */
    public List<NodeAnswer> withCounts(List<NodeAnswer> before, List<NodeAnswer> counts) {
        Set<Purpose> again = Set.copyOf(purposes());
        return Stream.concat(
                        before.stream().filter(node -> !again.contains(node.purpose)),
                        counts.stream())
                .toList();
    }

    /** The documents that count, by the positions of queries, of the answers to {@link #forAll}. */
    public Map<Integer, List<ObjectNode>> counting(List<NodeAnswer> answers) {
        return census().documents(answers);
    }

    private FederatedHits hits(List<NodeAnswer> answers, Map<Integer, PinnedHits> shown) {
        FederatedHits hits = new FederatedHits(queries, distinct, shown);
        FederatedHits.alignScores(answers);
        for (NodeAnswer node : answers) {
            if (node.purpose.countsOf == null) {
                hits.add(node.json.path(RESULTS), positions(node.parts));
            }
        }
        return hits;
    }

    /**
     * The client's answer. Takes the answers apart: they can't be used afterwards.
     *
     * @param answers of the nodes that were asked, of both purposes
     * @param shown what was left out of queries, which is taken apart too
     */
    public ObjectNode merge(List<NodeAnswer> answers, Map<Integer, PinnedHits> shown) {
        return merge(answers, shown, Besides.NOTHING);
    }

    /**
     * What nodes were asked besides, by the positions of queries.
     *
     * @param counting the documents that queries count, where they are known
     * @param formatted the queries whose hits are formatted though none of the answers' is
     */
    public record Besides(Map<Integer, List<ObjectNode>> counting, Set<Integer> formatted) {
        /** Nothing. */
        public static final Besides NOTHING = new Besides(Map.of(), Set.of());
    }

    /** The client's answer, where more is known than by the answers. */
    public ObjectNode merge(
            List<NodeAnswer> answers, Map<Integer, PinnedHits> shown, Besides besides) {
        FederatedHits hits = hits(answers, shown);
        FederatedList list = hits.list(paging, narrowed::contains, besides.counting);
        List<FederatedHits.Hit> walked = list.take(paging.end(depthMax));
        FederatedFacets.Documents found = list.documents();
        long total = new FederatedTotal(queries, counted).of(answers, shown, list, found);
        if (distinct != null && walked.size() < paging.end(depthMax)) {
            // Who has seen all hits need not estimate what a distinct attribute takes off.
            total = walked.size();
        }
        List<ObjectNode> counts =
                answers.stream()
                        .filter(node -> node.purpose.countsOf != null)
                        .map(NodeAnswer::json)
                        .toList();
        // Hits that are shown have lost what was asked for this alone.
        ObjectNode facets = JsonNodeFactory.instance.objectNode();
        new FederatedFacets(federation, queries).write(counts, found, facets);
        IntPredicate formatted =
                position -> hits.isFormatted(position) || besides.formatted.contains(position);
        return new FederatedPage(queries, paging, depthMax, !byWords.isEmpty())
                .of(walked, formatted, total, facets, answers);
    }

    /**
     * The queries whose hits are to be formatted and none is. One server formats them if any
     * document of the index has one of the attributes, which nodes that found nothing may have.
     */
    public Set<Integer> lackingFormats(List<NodeAnswer> answers) {
        if (queries.stream().noneMatch(query -> query.view().formats())) {
            return Set.of();
        }
        FederatedHits hits = hits(answers, Map.of());
        return IntStream.range(0, queries.size())
                .filter(position -> queries.get(position).view().formats())
                .filter(position -> hits.hasSome(position) && !hits.isFormatted(position))
                .boxed()
                .collect(Collectors.toSet());
    }

    /**
     * A facet whose values two indexes order differently, so that they can't be added up.
     *
     * @param answers of the nodes that were asked
     */
    public Optional<String> disputedFacet(List<NodeAnswer> answers) {
        return new FederatedFacets(federation, queries)
                .disputed(answers.stream().map(NodeAnswer::json).toList());
    }

    /** The indexes of which nodes spell values of facets differently. */
    public List<FederatedSpelling> disputedSpellings(List<NodeAnswer> answers) {
        List<FederatedSpelling> disputed = new ArrayList<>();
        answers.stream()
                .flatMap(node -> Stream.ofNullable(node.purpose.countsOf))
                .distinct()
                .forEach(
                        index ->
                                FederatedSpelling.of(index, queries, answers)
                                        .ifPresent(disputed::add));
        return disputed;
    }

    /** The position that the client is told of a query that has this one. */
    public long shownPosition(int position) {
        return queries.get(position).shownPosition(position);
    }

    /** The positions of the queries that a node was asked: it counts only those. */
    public static List<Integer> positions(List<Part> parts) {
        List<Integer> positions = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).asked) {
                positions.add(i);
            }
        }
        return positions;
    }
}
