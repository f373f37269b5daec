package io.miroir.fanout.answer;

import io.miroir.core.merge.Ranked;
import io.miroir.core.merge.RuleOrder;
import io.miroir.core.merge.ThresholdWalk;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.answer.SearchHits.Hit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A search that leaves out what is too bad. A node does not know how bad its hits are on one
 * server, nor which of them one server would look at; so nodes are asked for the search without the
 * threshold, and hits are judged here ({@link ThresholdWalk}). Where a sort goes before the score,
 * or pages are counted, that takes all that is found.
 */
public final class ThresholdCall {
    static final String THRESHOLD = "rankingScoreThreshold";
    private static final List<String> PAGING = List.of("offset", "limit", "page", "hitsPerPage");

    private final ObjectNode client;
    private final IndexProfile index;
    private final Paging paging;
    private final FacetsCall facets;
    private final SearchCall search;

    ThresholdCall(ObjectNode client, IndexProfile index, FacetsCall facets) {
        this.client = client;
        this.index = index;
        this.paging = Paging.of(client);
        this.facets = facets;
        ObjectNode all = client.deepCopy();
        all.remove(THRESHOLD);
        this.search = SearchCall.ofOurs(all, index);
    }

    /** The search without the threshold. */
    public SearchCall search() {
        return search;
    }

    /**
     * What is good enough.
     *
     * @param page the hits to show
     * @param counted all that one server counts; null if it counts all that is found
     * @param countable whether hits have what is counted of them, and nothing else
     */
    public record Judged(
            List<ObjectNode> page, @Nullable List<ObjectNode> counted, boolean countable) {
        /** As nodes of a search ask for it. */
        private List<String> pageTies() {
            return page.stream().map(ScoreDetails::tie).toList();
        }
    }

    /**
     * Judges what nodes found.
     *
     * @param answers to the {@link #search}
     * @return empty if more of it must be known
     */
    public Optional<Judged> judged(List<ObjectNode> answers) {
        boolean whole = SearchCall.isWhole(answers);
        List<Hit> best = best(answers, whole ? Integer.MAX_VALUE : end());
        boolean inOrder =
                !isExhaustive() && best.stream().map(Hit::ranked).noneMatch(Ranked::isSortedFirst);
        if (!whole && !inOrder) {
            return Optional.empty();
        }
        ThresholdWalk.Found<Hit> found = walk(best);
        boolean all = found.counted().size() == best.size();
        return Optional.of(
                new Judged(json(found.page()), all ? null : json(found.counted()), false));
    }

    private List<Hit> best(List<ObjectNode> answers, int end) {
        TypoScale.align(
                answers.stream().flatMap(answer -> answer.path("hits").valueStream()).toList());
        return new SearchHits(answers, PinnedHits.NONE, RuleOrder.WITH_TIES, null, null, false, end)
                .best();
    }

    private ThresholdWalk.Found<Hit> walk(List<Hit> hits) {
        return ThresholdWalk.of(
                hits,
                hit -> hit.ranked().score(),
                client.path(THRESHOLD).asDouble(),
                paging.begin(index.totalHitsMax()),
                end(),
                isExhaustive());
    }

    /** Who counts pages goes on behind the page, as far as clients may page. */
    private boolean isExhaustive() {
        return paging.counted() && end() < index.totalHitsMax();
    }

    private int end() {
        return paging.end(index.totalHitsMax());
    }

    private static List<ObjectNode> json(List<Hit> hits) {
        return hits.stream().map(Hit::json).toList();
    }

    /** Whether a node would tell all that it found to be judged. */
    public boolean isFew(List<ObjectNode> answers) {
        int most = Math.min(SearchCensus.DOCUMENTS_MAX, index.totalHitsMax());
        return answers.stream().allMatch(each -> Paging.total(each) <= most);
    }

    /**
     * Asks a node for all that it finds, ranked and with nothing but what is counted.
     *
     * @param only the shards to search, or null if the node holds no other
     */
    public ObjectNode allRequest(@Nullable ShardSet only) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        SearchCensus.writeFinding(client, request);
        request.remove(THRESHOLD);
        NodeFilter.restrict(request, only);
        ArrayNode retrieved = request.putArray("attributesToRetrieve");
        facets.readAttributes().forEach(retrieved::add);
        return request.put("showRankingScore", true)
                .put("showRankingScoreDetails", true)
                .put("limit", SearchCensus.DOCUMENTS_MAX);
    }

    /**
     * Judges all that is found.
     *
     * @param answers to {@link #allRequest}
     * @return empty if nodes did not tell all
     */
    public Optional<Judged> judgedOfAll(List<ObjectNode> answers) {
        if (!SearchCall.isWhole(answers)) {
            return Optional.empty();
        }
        ThresholdWalk.Found<Hit> found = walk(best(answers, Integer.MAX_VALUE));
        return Optional.of(new Judged(json(found.page()), json(found.counted()), true));
    }

    /** Whether documents must be counted anew, as nodes counted others and these don't show all. */
    public boolean lacksFacets(Judged judged) {
        return facets.isAsked() && !judged.countable && judged.counted != null;
    }

    /** The documents to count, asked of nodes for their facets. */
    public SearchCall facetsOf(Judged judged) {
        ObjectNode counting = JsonNodeFactory.instance.objectNode();
        counting.set("facets", client.path("facets"));
        List<ObjectNode> counted = judged.counted == null ? List.of() : judged.counted;
        return only(counting, counted.stream().map(ScoreDetails::tie).toList(), 0);
    }

    /** The documents of the page, asked of nodes as the client wants to see them. */
    public SearchCall pageOf(Judged judged) {
        ObjectNode showing = search.client().deepCopy();
        showing.remove("facets");
        return only(showing, judged.pageTies(), judged.page.size());
    }

    private SearchCall only(ObjectNode request, Collection<String> documents, int limit) {
        request.remove(PAGING);
        NodeFilter.add(request, NodeFilter.documents(documents));
        return SearchCall.ofOurs(request.put("limit", limit), index);
    }

    /**
     * The page as nodes show it, ranked as it was judged.
     *
     * @param answers of nodes that have its hits
     * @return empty if one of them is not there
     */
    public static Optional<Judged> shown(Judged judged, List<ObjectNode> answers) {
        Map<String, ObjectNode> shown = new HashMap<>();
        for (ObjectNode answer : answers) {
            answer.path("hits").forEach(hit -> shown.put(ScoreDetails.tie(hit), (ObjectNode) hit));
        }
        List<ObjectNode> page = new ArrayList<>();
        for (ObjectNode ranked : judged.page) {
            ObjectNode hit = shown.get(ScoreDetails.tie(ranked));
            if (hit == null) {
                return Optional.empty();
            }
            for (String field : List.of(ScoreDetails.FIELD, ScoreDetails.SCORE_FIELD)) {
                hit.set(field, ranked.path(field));
            }
            page.add(hit);
        }
        return Optional.of(new Judged(page, judged.counted, judged.countable));
    }

    /** The documents that count, the oldest first, where these show what is counted. */
    static @Nullable List<ObjectNode> documents(@Nullable Judged judged) {
        return judged == null || !judged.countable || judged.counted == null
                ? null
                : judged.counted.stream().sorted(Comparator.comparing(ScoreDetails::tie)).toList();
    }
}
