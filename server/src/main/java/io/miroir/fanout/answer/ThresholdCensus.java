package io.miroir.fanout.answer;

import io.miroir.core.merge.RuleOrder;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.answer.SearchHits.Hit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * All documents that a search with a threshold would find without it. One server looks at them in
 * their order until its page is full, and does not count what it has met that is too bad; where a
 * sort goes before the score, that is among the good ones.
 *
 * @param client the search, its filter in words for nodes
 * @param attributes what is counted
 * @param end of the page
 */
record ThresholdCensus(ObjectNode client, List<String> attributes, int end) implements Census {
    static final String THRESHOLD = "rankingScoreThreshold";

    @Override
    public ObjectNode nodeRequest(@Nullable ShardSet only) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        SearchCensus.writeFinding(client, request);
        request.remove(THRESHOLD);
        NodeFilter.restrict(request, only);
        ArrayNode retrieved = request.putArray("attributesToRetrieve");
        attributes.forEach(retrieved::add);
        return request.put("showRankingScore", true)
                .put("showRankingScoreDetails", true)
                .put("limit", DOCUMENTS_MAX);
    }

    @Override
    public @Nullable List<ObjectNode> documents(List<ObjectNode> answers) {
        if (!answers.stream().allMatch(SearchHits::isWhole)) {
            return null;
        }
        double threshold = client.path(THRESHOLD).asDouble();
        List<Hit> all =
                new SearchHits(
                                answers,
                                PinnedHits.NONE,
                                RuleOrder.WITH_TIES,
                                null,
                                null,
                                false,
                                Integer.MAX_VALUE)
                        .best();
        List<ObjectNode> counting = new ArrayList<>();
        int good = 0;
        for (Hit hit : all) {
            boolean isGood = hit.ranked().score() >= threshold;
            good += isGood ? 1 : 0;
            if (isGood || good >= end) {
                counting.add(hit.json());
            }
        }
        counting.sort(Comparator.comparing(ScoreDetails::tie));
        return counting;
    }
}
