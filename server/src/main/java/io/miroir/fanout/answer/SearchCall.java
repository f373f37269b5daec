package io.miroir.fanout.answer;

import io.miroir.core.merge.FacetText;
import io.miroir.core.merge.KWayMerge;
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
import java.util.stream.StreamSupport;
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
    private final ObjectNode client;
    private final IndexProfile index;
    private final Paging paging;
    private final HitView view;
    private final @Nullable String distinct;
    private final FacetsCall facets;
    private final Comparator<Ranked> order;
    private final @Nullable WordsAlone byWords;

    private record Hit(ObjectNode json, Ranked ranked) {}

    private SearchCall(
            ObjectNode client,
            IndexProfile index,
            @Nullable String distinct,
            @Nullable WordsAlone byWords) {
        this.client = client;
        this.index = index;
        this.distinct = distinct;
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
        this.facets = FacetsCall.of(client, index, paging.counted() ? distinct : null);
        this.order = HybridQuery.order(client).orElse(RuleOrder.WITH_TIES);
    }

    /** A search with the client's body. */
    public static SearchCall of(ObjectNode client, IndexProfile index) {
        JsonNode asked = client.path("distinct");
        return new SearchCall(
                NodeFilter.spelledOut(client, index.filterable()),
                index,
                asked.isString() ? asked.asString() : index.distinct(),
                null);
    }

    /** A search of our own making, by a filter that is in words for nodes. */
    static SearchCall ofOurs(ObjectNode search, IndexProfile index) {
        return new SearchCall(search, index, index.distinct(), null);
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
     */
    public Optional<SearchCall> perhapsByWords(List<ObjectNode> answers) {
        return HybridQuery.wordsAlone(client, paging.end(index.totalHitsMax()))
                .filter(words -> words.isOpen(answers.stream().map(SearchCall::ranks).toList()))
                .map(words -> new SearchCall(HybridQuery.byWords(client), index, distinct, words));
    }

    /** Whether one server searches by words alone, told by the answers to that search. */
    public boolean isByWords(List<ObjectNode> answers) {
        return byWords != null
                && byWords.isEnough(
                        best(answers, new SeenValues()).stream().map(Hit::ranked).toList());
    }

    /**
     * The client's answer. Takes the answers apart: they can't be used afterwards.
     *
     * @param answers of the nodes that were asked, in any fixed order
     */
    public ObjectNode merge(List<ObjectNode> answers) {
        long total = answers.stream().mapToLong(Paging::total).sum();
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode hits = answer.putArray("hits");
        SeenValues duplicates = new SeenValues();
        int semanticHits = writePage(answers, hits, duplicates);
        answer.put("query", client.path("q").asString(""));
        Answers.copyFirst(answers, "queryVector", answer);
        answer.put("processingTimeMs", Answers.processingTimeMillis(answers));
        paging.writeAnswer(answer, distinct == null ? total : total(answers, total, duplicates));
        facets.writeAnswer(answers, total, answer);
        Answers.copyFirst(answers, "requestUid", answer);
        PerformanceDetails.merge(answers, answer);
        if (byWords != null || Answers.anyHas(answers, "semanticHitCount")) {
            answer.put("semanticHitCount", semanticHits);
        }
        return answer;
    }

    /** Shows the hits of the page; gives the number of semantic ones. */
    private int writePage(List<ObjectNode> answers, ArrayNode page, SeenValues duplicates) {
        List<Hit> best = best(answers, duplicates);
        int semantic = 0;
        for (Hit hit :
                best.subList(
                        Math.min(paging.begin(index.totalHitsMax()), best.size()), best.size())) {
            semantic += hit.ranked.semantic() ? 1 : 0;
            view.show(hit.json);
            page.add(hit.json);
        }
        return semantic;
    }

    /** Walks the merged list to the page's end. */
    private List<Hit> best(List<ObjectNode> answers, SeenValues duplicates) {
        int end = paging.end(index.totalHitsMax());
        List<Iterator<Hit>> sources = new ArrayList<>(answers.size());
        for (ObjectNode answer : answers) {
            sources.add(hits(answer));
        }
        KWayMerge<Hit> merged = new KWayMerge<>(sources, Comparator.comparing(Hit::ranked, order));
        List<Hit> best = new ArrayList<>();
        while (best.size() < end && merged.hasNext()) {
            Hit hit = merged.next();
            if (distinct == null || !duplicates.isDuplicate(HitView.values(hit.json, distinct))) {
                best.add(hit);
            }
        }
        return best;
    }

    private static List<Ranked> ranks(ObjectNode answer) {
        return StreamSupport.stream(answer.path("hits").spliterator(), false)
                .map(ScoreDetails::read)
                .toList();
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
    private long total(List<ObjectNode> answers, long sum, SeenValues duplicates) {
        long without = sum;
        if (facets.distinct() != null && !duplicates.sawArray()) {
            Set<String> values = new HashSet<>();
            for (ObjectNode answer : answers) {
                JsonNode counts = answer.path("facetDistribution").path(facets.distinct());
                without -= counts.size();
                counts.propertyNames().forEach(value -> values.add(FacetText.normalize(value)));
            }
            if (without >= 0) {
                return without + values.size();
            }
        }
        return sum - duplicates.duplicates();
    }
}
