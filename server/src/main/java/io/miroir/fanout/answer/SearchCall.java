package io.miroir.fanout.answer;

import io.miroir.core.merge.Ranked;
import io.miroir.core.merge.RuleOrder;
import io.miroir.core.merge.WordsAlone;
import io.miroir.core.routing.Separators;
import io.miroir.core.text.QueryParts;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.answer.SearchHits.Hit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One search of one index: what its nodes are asked, and how their answers become the answer that
 * one node with all documents would give. The client's request must be valid already.
 */
public final class SearchCall {
    private static final String DISTRIBUTION = "facetDistribution";

    private final ObjectNode client;
    private final IndexProfile index;
    private final Paging paging;
    private final HitView view;
    private final @Nullable String distinct;
    private final FacetsCall facets;
    private final SearchCounts counting;
    private final Comparator<Ranked> order;
    private final @Nullable WordsAlone byWords;
    private final boolean showsAll;

    private SearchCall(ObjectNode client, IndexProfile index, @Nullable WordsAlone byWords) {
        this(client, index, byWords, false);
    }

    /**
     * A call.
     *
     * @param showsAll whether nodes show what they would leave out for another of their documents
     */
    private SearchCall(
            ObjectNode client, IndexProfile index, @Nullable WordsAlone byWords, boolean showsAll) {
        this.showsAll = showsAll;
        this.client = client;
        this.index = index;
        this.distinct = distinct(client, index);
        this.byWords = byWords;
        this.paging = Paging.of(client);
        this.facets = facets(client, index);
        this.counting =
                new SearchCounts(
                        facets,
                        distinct,
                        paging.end(index.totalHitsMax()),
                        hasThreshold(client) && !paging.counted());
        this.view =
                HitView.of(
                        client,
                        index,
                        needed(index, distinct),
                        distinct == null ? List.of() : facets.readAttributes());
        this.order = HybridQuery.order(client).orElse(RuleOrder.WITH_TIES);
    }

    /** What of hits is read in any case. */
    static List<String> needed(IndexProfile index, @Nullable String distinct) {
        List<String> needed = new ArrayList<>();
        if (index.primaryKey() != null) {
            needed.add(index.primaryKey());
        }
        if (distinct != null) {
            needed.add(distinct);
        }
        return needed;
    }

    /** A search with the client's body. */
    public static SearchCall of(ObjectNode client, IndexProfile index) {
        return new SearchCall(NodeFilter.spelledOut(client, index.filterable()), index, null);
    }

    /** A search of our own making, by a filter that is in words for nodes. */
    static SearchCall ofOurs(ObjectNode search, IndexProfile index) {
        return new SearchCall(search, index, null);
    }

    /** The attribute of which the hits of a search show each value once. */
    private static @Nullable String distinct(ObjectNode client, IndexProfile index) {
        JsonNode asked = client.path("distinct");
        return asked.isString() ? asked.asString() : index.distinct();
    }

    /** The facets of a search, with what must be counted for its total. */
    static FacetsCall facets(ObjectNode client, IndexProfile index) {
        return FacetsCall.of(
                client, index, Paging.of(client).counted() ? distinct(client, index) : null);
    }

    /**
     * What a node is asked.
     *
     * @param only the shards to search, or null if the node holds no other
     */
    public ObjectNode nodeRequest(@Nullable ShardSet only) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.setAll(client);
        paging.writeNodeRequest(request, index.totalHitsMax());
        view.writeNodeRequest(request);
        facets.writeNodeRequest(request);
        if (showsAll) {
            request.put("distinct", Separators.SEQ_FIELD)
                    .put(
                            paging.counted() ? "hitsPerPage" : "limit",
                            Math.min(SearchCensus.DOCUMENTS_MAX, index.totalHitsMax()));
        }
        NodeFilter.restrict(request, only);
        return request;
    }

    /**
     * Refuses facets of what is not filterable. Other mistakes are the nodes' to refuse, and they
     * do it before they count facets: so this comes after their answers.
     *
     * @throws io.miroir.api.ApiException in the client's words
     */
    public void checkFacets() {
        facets.check();
    }

    /**
     * The same search by words alone, to be asked besides: one server leaves vectors out where
     * words find enough, and these answers don't say whether it would. Empty where they do.
     *
     * @param pinned documents that nodes were asked to leave out, which are found in any case
     */
    public Optional<SearchCall> perhapsByWords(List<ObjectNode> answers, PinnedHits pinned) {
        return HybridQuery.wordsAlone(client, paging.end(index.totalHitsMax()))
                .filter(words -> words.isOpen(ranks(answers), pinned.hits().size()))
                .map(words -> new SearchCall(HybridQuery.byWords(client), index, words));
    }

    /**
     * Whether one server searches by words alone, told by the answers to that search.
     *
     * @param pinned as in {@link #perhapsByWords}
     */
    public boolean isByWords(List<ObjectNode> answers, PinnedHits pinned) {
        return byWords != null
                && byWords.isEnough(
                        hits(answers, pinned).best().stream().map(Hit::ranked).toList());
    }

    /**
     * All that is found, to be asked besides: where values are shown once, what one server counts
     * can't always be told by what nodes show.
     */
    public Optional<SearchCensus> census(List<ObjectNode> answers) {
        String once = distinct;
        int end = paging.end(index.totalHitsMax());
        boolean foundAsOneServerDoes =
                !client.path("hybrid").isObject() && (!hasThreshold() || paging.counted());
        boolean counts = paging.counted() || (facets.isAsked() && end > 0);
        if (once == null || !foundAsOneServerDoes || !counts) {
            return Optional.empty();
        }
        SearchHits hits = hits(answers, PinnedHits.NONE);
        hits.walkOn(paging.counted());
        boolean total = paging.counted() && (facets.distinct() == null || hits.sawArray());
        boolean open =
                hits.sawArray()
                        || (facets.isAsked() && (view.lacksCounted() || !counting.isSettled(hits)))
                        || (total && !hits.isWhole());
        boolean few = answers.stream().mapToLong(Paging::total).sum() <= SearchCensus.DOCUMENTS_MAX;
        return open && few && (total || facets.isAsked())
                ? Optional.of(
                        new SearchCensus(
                                client,
                                facets.readAttributes(),
                                once,
                                client.path("distinct").isString(),
                                end,
                                paging.counted()))
                : Optional.empty();
    }

    /**
     * Whether hits can be too bad, and how that is found out; empty where nodes' own judgement has
     * to do, as vectors find hits or values are shown once.
     */
    public Optional<ThresholdCall> byThreshold() {
        return hasThreshold() && !client.path("hybrid").isObject() && distinct == null
                ? Optional.of(new ThresholdCall(client, index, facets))
                : Optional.empty();
    }

    /** The client's search. */
    ObjectNode client() {
        return client;
    }

    /**
     * The same search for all documents, to be asked instead where values are shown once and
     * documents have several: a node leaves out one for another that is left out itself for that of
     * another node. Empty where none of them does, or they have many.
     */
    public Optional<SearchCall> forAll(List<ObjectNode> answers) {
        long found = answers.stream().mapToLong(Paging::total).sum();
        if (distinct == null
                || answers.size() < 2
                || found > SearchCensus.DOCUMENTS_MAX
                || client.path("hybrid").isObject()) {
            return Optional.empty();
        }
        SearchHits hits = hits(answers, PinnedHits.NONE);
        hits.walkOn(paging.counted());
        return hits.sawArray()
                ? Optional.of(new SearchCall(client, index, byWords, true))
                : Optional.empty();
    }

    /**
     * Whether words are let go of by how frequent they are, which no node knows. Where nodes judge
     * how bad hits are, their own frequencies have to do: scores are put right after it.
     */
    public boolean isByFrequency() {
        return FrequentWords.isAsked(client) && !hasThreshold();
    }

    /**
     * How it is asked then; empty where nodes' own frequencies have to do.
     *
     * @param nowhere how the index cuts {@link FrequentWords#NOWHERE}
     */
    public Optional<FrequentWords> frequentWords(QueryParts query, QueryParts nowhere) {
        return FrequentWords.of(client, index, query, nowhere);
    }

    /** Whether other nodes' words may matter to hits whose attributes match exactly on a node. */
    public boolean mayBeExact(List<ObjectNode> answers) {
        return !client.path("hybrid").isObject()
                && !hasThreshold()
                && !client.path("matchingStrategy").asString("").equals("frequency")
                && answers.stream().mapToLong(Paging::total).sum() <= ExactWords.FOUND_MAX
                && ExactWords.mayMatter(answers);
    }

    /**
     * What is to be asked of the words of such hits; empty if nothing is.
     *
     * @param words of the query, in their order, each to be found by itself
     * @param begins whether the last one may be the beginning of another
     * @param synonyms whether others may stand for them
     */
    public Optional<ExactWords> exactWords(
            List<String> words, boolean begins, boolean synonyms, List<ObjectNode> answers) {
        return ExactWords.of(client, index, words, begins, synonyms, answers);
    }

    /** Whether nodes show all that they find. */
    public static boolean isWhole(List<ObjectNode> answers) {
        return answers.stream().allMatch(SearchHits::isWhole);
    }

    /**
     * Whether hits are to be formatted and none is. One server formats them if any of its documents
     * has one of the attributes, which nodes that found nothing may have.
     */
    public boolean lacksFormats(List<ObjectNode> answers) {
        return view.formats()
                && answers.stream().anyMatch(answer -> !answer.path("hits").isEmpty())
                && !isAnyFormatted(answers);
    }

    /** Whether a node formats any of its documents, told by its answer. */
    public static boolean isAnyFormatted(List<ObjectNode> answers) {
        return answers.stream().anyMatch(answer -> HitView.isAnyFormatted(answer.path("hits")));
    }

    /**
     * Asks a node by one of its documents whether it has such an attribute.
     *
     * @param only as in {@link #nodeRequest}
     */
    public ObjectNode formatRequest(@Nullable ShardSet only) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("limit", 1);
        view.writeFormatRequest(client, request);
        NodeFilter.restrict(request, only);
        return request;
    }

    /** The values of facets in the answers of nodes that these spell differently. */
    public Optional<FacetSpelling> disputedSpelling(List<ObjectNode> answers) {
        return FacetSpelling.of(client, index, facets.unseen(), distributions(answers));
    }

    /** Which values of facets are numbers, where the answers of nodes leave it open. */
    public List<FacetKinds> disputedKinds(List<ObjectNode> answers) {
        boolean exact =
                !hasThreshold()
                        && !client.path("hybrid").isObject()
                        && distinct == null
                        && !FrequentWords.isAsked(client);
        return FacetKinds.of(client, index, exact, facets.unseen(), answers);
    }

    /** What nodes counted, in their answers. */
    public static List<ObjectNode> distributions(List<ObjectNode> answers) {
        List<ObjectNode> distributions = new ArrayList<>();
        for (ObjectNode answer : answers) {
            if (answer.get(DISTRIBUTION) instanceof ObjectNode distribution) {
                distributions.add(distribution);
            }
        }
        return distributions;
    }

    /**
     * The client's answer. Takes the answers apart: they can't be used afterwards.
     *
     * @param answers of the nodes that were asked, in any fixed order
     */
    public ObjectNode merge(List<ObjectNode> answers) {
        return merge(answers, PinnedHits.NONE);
    }

    /**
     * The client's answer, with documents that nodes were asked to leave out.
     *
     * @param pinned which are taken apart too
     */
    public ObjectNode merge(List<ObjectNode> answers, PinnedHits pinned) {
        return merge(answers, pinned, Besides.NOTHING);
    }

    /**
     * What nodes were asked besides.
     *
     * @param documents that one server counts, the oldest first; null if they aren't known
     * @param counts answers that count what one server counts; null if those to the search do
     * @param judged which hits are good enough; null if nodes have judged
     * @param formatted whether hits are formatted though none of the answers' is
     */
    public record Besides(
            @Nullable List<ObjectNode> documents,
            @Nullable List<ObjectNode> counts,
            ThresholdCall.@Nullable Judged judged,
            boolean formatted) {
        /** Nothing. */
        public static final Besides NOTHING = new Besides(null, null, null, false);

        /** Which hits are good enough. */
        public static Besides ofJudged(
                ThresholdCall.Judged judged, @Nullable List<ObjectNode> counts, boolean formatted) {
            return new Besides(ThresholdCall.documents(judged), counts, judged, formatted);
        }

        private long total(long counted) {
            if (judged != null && judged.counted() != null) {
                return judged.counted().size();
            }
            return documents != null ? documents.size() : counted;
        }
    }

    /** The client's answer, where more is known than by the answers. */
    public ObjectNode merge(List<ObjectNode> answers, PinnedHits pinned, Besides besides) {
        List<ObjectNode> documents = besides.documents();
        SearchHits hits = hits(answers, pinned);
        if (distinct != null) {
            hits.walkOn(paging.counted());
        }
        List<ObjectNode> counted = besides.counts() != null ? besides.counts() : answers;
        long total = besides.total(counting.total(counted, pinned, hits));
        // Hits that are shown have lost what was asked for this alone.
        ObjectNode counts = JsonNodeFactory.instance.objectNode();
        if (facets.isAsked()) {
            facets.writeAnswer(counting.facetSums(counted, pinned, hits, documents), total, counts);
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        boolean format = besides.formatted() || isAnyFormatted(answers);
        ThresholdCall.Judged judged = besides.judged();
        List<Hit> page = judged == null ? page(hits) : SearchHits.of(judged.page());
        int semanticHits = writePage(page, format, answer.putArray("hits"));
        answer.put("query", client.path("q").asString(""));
        Answers.copyFirst(answers, "queryVector", answer);
        answer.put("processingTimeMs", Answers.processingTimeMillis(answers));
        paging.writeAnswer(answer, total);
        answer.setAll(counts);
        Answers.copyFirst(answers, "requestUid", answer);
        PerformanceDetails.merge(answers, answer);
        if (byWords != null || Answers.anyHas(answers, "semanticHitCount")) {
            answer.put("semanticHitCount", semanticHits);
        }
        return answer;
    }

    private SearchHits hits(List<ObjectNode> answers, PinnedHits pinned) {
        TypoScale.align(
                answers.stream().flatMap(answer -> answer.path("hits").valueStream()).toList());
        return new SearchHits(
                answers,
                pinned,
                order,
                index.primaryKey(),
                distinct,
                client.path("distinct").isString(),
                paging.end(index.totalHitsMax()));
    }

    private List<Hit> page(SearchHits hits) {
        List<Hit> best = hits.best();
        int begin = Math.min(paging.begin(index.totalHitsMax()), best.size());
        return best.subList(begin, best.size());
    }

    /** Shows the hits of the page; gives the number of semantic ones. */
    private int writePage(List<Hit> shown, boolean formatted, ArrayNode page) {
        int semantic = 0;
        for (Hit hit : shown) {
            semantic += hit.ranked().semantic() ? 1 : 0;
            view.show(hit.json(), formatted);
            page.add(hit.json());
        }
        return semantic;
    }

    private boolean hasThreshold() {
        return hasThreshold(client);
    }

    /**
     * Whether hits must be as good as the client says: what is searched for by nothing is as good
     * as any.
     */
    static boolean hasThreshold(JsonNode query) {
        return query.hasNonNull(ThresholdCall.THRESHOLD)
                && (!query.path("q").asString("").isBlank()
                        || query.path("hybrid").isObject()
                        || query.path("vector").isArray());
    }

    private static List<List<Ranked>> ranks(List<ObjectNode> answers) {
        return answers.stream()
                .map(answer -> answer.path("hits").valueStream().map(ScoreDetails::read).toList())
                .toList();
    }
}
