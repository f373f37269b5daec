package io.miroir.fanout.answer;

import io.miroir.core.merge.FacetText;
import io.miroir.core.merge.KWayMerge;
import io.miroir.core.merge.Kept;
import io.miroir.core.merge.Pinning;
import io.miroir.core.merge.Ranked;
import io.miroir.core.merge.RuleOrder;
import io.miroir.core.merge.WordsAlone;
import io.miroir.core.topology.ShardSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

    private record Hit(ObjectNode json, Ranked ranked) {}

    private SearchCall(ObjectNode client, IndexProfile index, @Nullable WordsAlone byWords) {
        this.client = client;
        this.index = index;
        this.distinct = distinct(client, index);
        this.byWords = byWords;
        this.paging = Paging.of(client);
        List<String> needed = new ArrayList<>();
        if (index.primaryKey() != null) {
            needed.add(index.primaryKey());
        }
        if (distinct != null) {
            needed.add(distinct);
        }
        this.view = HitView.of(client, index, needed);
        this.facets = facets(client, index);
        this.order = HybridQuery.order(client).orElse(RuleOrder.WITH_TIES);
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
                        best(answers, pinned, new SeenValues()).stream().map(Hit::ranked).toList());
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
        List<ObjectNode> counted = new ArrayList<>(answers);
        counted.addAll(pinned.answers());
        long total = counted.stream().mapToLong(Paging::total).sum();
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode hits = answer.putArray("hits");
        SeenValues duplicates = new SeenValues();
        int semanticHits = writePage(answers, pinned, hits, duplicates);
        answer.put("query", client.path("q").asString(""));
        Answers.copyFirst(answers, "queryVector", answer);
        answer.put("processingTimeMs", Answers.processingTimeMillis(answers));
        paging.writeAnswer(
                answer, distinct == null ? total : total(answers, pinned, total, duplicates));
        facets.writeAnswer(counted, total, answer);
        Answers.copyFirst(answers, "requestUid", answer);
        PerformanceDetails.merge(answers, answer);
        if (byWords != null || Answers.anyHas(answers, "semanticHitCount")) {
            answer.put("semanticHitCount", semanticHits);
        }
        return answer;
    }

    /** Shows the hits of the page; gives the number of semantic ones. */
    private int writePage(
            List<ObjectNode> answers, PinnedHits pinned, ArrayNode page, SeenValues duplicates) {
        List<Hit> best = best(answers, pinned, duplicates);
        boolean formatted = answers.stream().anyMatch(a -> HitView.isAnyFormatted(a.path("hits")));
        int semantic = 0;
        for (Hit hit :
                best.subList(
                        Math.min(paging.begin(index.totalHitsMax()), best.size()), best.size())) {
            semantic += hit.ranked.semantic() ? 1 : 0;
            view.show(hit.json, formatted);
            page.add(hit.json);
        }
        return semantic;
    }

    /** Walks the merged list, with what is pinned in it, to the page's end. */
    private List<Hit> best(List<ObjectNode> answers, PinnedHits pinned, SeenValues duplicates) {
        int end = paging.end(index.totalHitsMax());
        List<Iterator<Hit>> sources = new ArrayList<>(answers.size());
        for (ObjectNode answer : answers) {
            sources.add(hits(answer));
        }
        Iterator<Hit> merged = new KWayMerge<>(sources, Comparator.comparing(Hit::ranked, order));
        Iterator<Hit> list =
                new Pinning<>(
                        new Kept<>(merged, hit -> isShown(hit, pinned, duplicates)),
                        pinned.hits().stream()
                                .map(
                                        hit ->
                                                new Pinning.Pinned<>(
                                                        hit.position(),
                                                        new Hit(
                                                                hit.element(),
                                                                ScoreDetails.pinned(0))))
                                .toList());
        List<Hit> best = new ArrayList<>();
        while (best.size() < end && list.hasNext()) {
            best.add(list.next());
        }
        return best;
    }

    private static List<List<Ranked>> ranks(List<ObjectNode> answers) {
        return answers.stream()
                .map(answer -> answer.path("hits").valueStream().map(ScoreDetails::read).toList())
                .toList();
    }

    private boolean isShown(Hit hit, PinnedHits pinned, SeenValues duplicates) {
        if (!pinned.ids().isEmpty() && pinned.ids().contains(id(hit))) {
            // It was written since it was looked up: by what nodes were told it is another.
            return false;
        }
        return distinct == null || !duplicates.isDuplicate(HitView.values(hit.json, distinct));
    }

    private String id(Hit hit) {
        String key = index.primaryKey();
        return key == null ? "" : HitView.id(hit.json, key);
    }

    private static Iterator<Hit> hits(ObjectNode answer) {
        Iterator<JsonNode> nodes = answer.path("hits").iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return nodes.hasNext();
            }

            @Override
            public Hit next() {
                ObjectNode hit = (ObjectNode) nodes.next();
                return new Hit(hit, ScoreDetails.read(hit));
            }
        };
    }

    /**
     * With a distinct attribute, values that several nodes have are one hit. If pages are counted
     * the attribute's facet values tell how many; else only the duplicates met are known.
     */
    private long total(
            List<ObjectNode> answers, PinnedHits pinned, long sum, SeenValues duplicates) {
        String counted = facets.distinct();
        if (counted == null || duplicates.sawArray()) {
            return sum - duplicates.duplicates();
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
        return without >= 0 ? without + values.size() : sum - duplicates.duplicates();
    }
}
