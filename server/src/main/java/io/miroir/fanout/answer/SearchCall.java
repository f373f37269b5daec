package io.miroir.fanout.answer;

import io.miroir.core.merge.FacetText;
import io.miroir.core.merge.Ranked;
import io.miroir.core.merge.RuleOrder;
import io.miroir.core.merge.WordsAlone;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.answer.SearchHits.Hit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
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
    private final Comparator<Ranked> order;
    private final @Nullable WordsAlone byWords;

    private SearchCall(ObjectNode client, IndexProfile index, @Nullable WordsAlone byWords) {
        this.client = client;
        this.index = index;
        this.distinct = distinct(client, index);
        this.byWords = byWords;
        this.paging = Paging.of(client);
        this.facets = facets(client, index);
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
                        || (facets.isAsked() && (view.lacksCounted() || !isSettled(hits)))
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
        return FacetSpelling.of(client, index, facets.unseen(), answers);
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
     * @param formatted whether hits are formatted though none of the answers' is
     */
    public record Besides(@Nullable List<ObjectNode> documents, boolean formatted) {
        /** Nothing. */
        public static final Besides NOTHING = new Besides(null, false);
    }

    /** The client's answer, where more is known than by the answers. */
    public ObjectNode merge(List<ObjectNode> answers, PinnedHits pinned, Besides besides) {
        List<ObjectNode> documents = besides.documents();
        SearchHits hits = hits(answers, pinned);
        if (distinct != null) {
            hits.walkOn(paging.counted());
        }
        long total = documents != null ? documents.size() : total(answers, pinned, hits);
        // Hits that are shown have lost what was asked for this alone.
        ObjectNode counts = JsonNodeFactory.instance.objectNode();
        if (facets.isAsked()) {
            facets.writeAnswer(facetSums(answers, pinned, hits, documents), total, counts);
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        boolean format = besides.formatted() || isAnyFormatted(answers);
        int semanticHits = writePage(hits.best(), format, answer.putArray("hits"));
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
        return new SearchHits(
                answers,
                pinned,
                order,
                index.primaryKey(),
                distinct,
                client.path("distinct").isString(),
                paging.end(index.totalHitsMax()));
    }

    /** Shows the hits of the page; gives the number of semantic ones. */
    private int writePage(List<Hit> best, boolean formatted, ArrayNode page) {
        int semantic = 0;
        for (Hit hit :
                best.subList(
                        Math.min(paging.begin(index.totalHitsMax()), best.size()), best.size())) {
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
        return query.hasNonNull("rankingScoreThreshold")
                && (!query.path("q").asString("").isBlank()
                        || query.path("hybrid").isObject()
                        || query.path("vector").isArray());
    }

    private boolean isSettled(SearchHits hits) {
        return distinct != null
                && hits.isSettled(
                        hasThreshold() && !paging.counted(), paging.end(index.totalHitsMax()));
    }

    /** With a distinct attribute, a document that one server passes over does not count. */
    private FacetSums facetSums(
            List<ObjectNode> answers,
            PinnedHits pinned,
            SearchHits hits,
            @Nullable List<ObjectNode> documents) {
        FacetSums sums = new FacetSums();
        answers.forEach(answer -> FacetsCall.add(answer, sums));
        if (documents != null) {
            return sums.of(documents, _ -> true);
        }
        FacetSums counted = sums;
        if (isSettled(hits)) {
            counted = sums.of(hits.kept(), hits.duplicates());
        } else {
            sums.takeOff(hits.duplicates());
        }
        for (ObjectNode answer : pinned.answers()) {
            FacetsCall.add(answer, counted);
        }
        return counted;
    }

    private static List<List<Ranked>> ranks(List<ObjectNode> answers) {
        return answers.stream()
                .map(answer -> answer.path("hits").valueStream().map(ScoreDetails::read).toList())
                .toList();
    }

    /**
     * With a distinct attribute, values that several nodes have are one hit. If pages are counted
     * the attribute's facet values tell how many; else only the duplicates met are known.
     */
    private long total(List<ObjectNode> answers, PinnedHits pinned, SearchHits hits) {
        long sum =
                Stream.concat(answers.stream(), pinned.answers().stream())
                        .mapToLong(Paging::total)
                        .sum();
        String counted = facets.distinct();
        if (counted == null || hits.sawArray() || hits.isWhole()) {
            return sum - hits.duplicates().size();
        }
        long without = sum;
        Set<String> values = new HashSet<>();
        for (ObjectNode answer : answers) {
            JsonNode counts = answer.path(DISTRIBUTION).path(counted);
            without -= counts.size();
            counts.propertyNames().forEach(value -> values.add(FacetText.normalize(value)));
        }
        for (ObjectNode answer : pinned.answers()) {
            JsonNode counts = answer.path(DISTRIBUTION).path(counted);
            // Here a value is shown as often as it is pinned, but it counts once.
            without -= counts.valueStream().mapToLong(JsonNode::asLong).sum();
            counts.propertyNames().forEach(value -> values.add(FacetText.normalize(value)));
        }
        return without >= 0 ? without + values.size() : sum - hits.duplicates().size();
    }
}
