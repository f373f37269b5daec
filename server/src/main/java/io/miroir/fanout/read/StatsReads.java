package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.api.indexes.StatsQuery;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.plan.SearchPlan.NodeShards;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.answer.NodeFilter;
import io.miroir.fanout.answer.StatsAnswer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads of what nodes count: the sum of a group whose replicas are all in sync, each shard counted
 * once; if no group is whole, of whoever holds the shards, as an estimate (protocol, rule 10).
 */
public final class StatsReads {
    private static final String OPERATION = "stats";
    private static final String INTERNAL_SIZES = "?showInternalDatabaseSizes=true";

    private final Nodes nodes;
    private final NodeHealth health;
    private final Cover cover;
    private final ReadSettings settings;

    /** Reads from these nodes, healthy ones first. */
    public StatsReads(Nodes nodes, NodeHealth health, ReadMetrics metrics, ReadSettings settings) {
        this.nodes = nodes;
        this.health = health;
        this.cover = new Cover(nodes, health, metrics);
        this.settings = settings;
    }

    /**
     * What is counted of one index.
     *
     * @param asked the sizes that are told are bytes, whatever it says
     * @param share what the nodes' answers count to
     */
    public ObjectNode of(IndexView index, StatsQuery asked, AnswerBudget.Share share) {
        NodeRequest request =
                request("/indexes/" + index.row().physicalUid(), asked)
                        .expecting(AnswerShape.STATS);
        for (List<String> group : index.topology().groups()) {
            if (!isWhole(index, group)) {
                continue;
            }
            Map<String, JsonNode> told = ask(group, request.within(share));
            if (told.keySet().containsAll(group)) {
                return whole(index, group, told);
            }
        }
        Coverage coverage =
                cover.ask(index, ShardSet.all(index.topology().shards()), 0, share, _ -> request);
        return estimate(index, coverage, counted(index, coverage, share));
    }

    /**
     * What is counted of many indexes: one request a node, however many there are. Nodes in trouble
     * are asked where the others don't hold everything.
     */
    public Counted ofAll(List<IndexView> indexes, StatsQuery asked, AnswerBudget.Share share) {
        NodeRequest request = request("", asked).expecting(AnswerShape.STATS_OF_ALL).within(share);
        Map<Boolean, List<String>> ids =
                nodes.ids().stream().sorted().collect(Collectors.partitioningBy(health::usable));
        Map<String, JsonNode> told = ask(ids.getOrDefault(true, List.of()), request);
        Counted counted = new Counted(told);
        if (!indexes.stream().allMatch(counted::covers)) {
            told.putAll(ask(ids.getOrDefault(false, List.of()), request));
        }
        return counted;
    }

    /** What nodes told of all their indexes. */
    public final class Counted {
        private final Map<String, JsonNode> toldByNode;

        private Counted(Map<String, JsonNode> toldByNode) {
            this.toldByNode = toldByNode;
        }

        /**
         * What is counted of one of them.
         *
         * @throws ApiException if some shards are held by none of those that answered
         */
        public ObjectNode of(IndexView index) {
            Map<String, JsonNode> told = told(index);
            Optional<List<String>> group = wholeGroup(index, told);
            return group.isPresent()
                    ? whole(index, group.get(), told)
                    : estimate(index, coverage(index, told), Map.of());
        }

        private boolean covers(IndexView index) {
            Map<String, JsonNode> told = told(index);
            return wholeGroup(index, told).isPresent()
                    || coverage(index, told).uncovered().isEmpty();
        }

        private Map<String, JsonNode> told(IndexView index) {
            Map<String, JsonNode> told = new HashMap<>();
            toldByNode.forEach(
                    (node, stats) -> {
                        JsonNode one = stats.path("indexes").path(index.row().physicalUid());
                        if (AnswerShape.STATS.fits(one)) {
                            told.put(node, one);
                        }
                    });
            return told;
        }
    }

    private static Optional<List<String>> wholeGroup(IndexView index, Map<String, JsonNode> told) {
        return index.topology().groups().stream()
                .filter(told.keySet()::containsAll)
                .filter(group -> isWhole(index, group))
                .findFirst();
    }

    private Coverage coverage(IndexView index, Map<String, JsonNode> told) {
        ShardSet all = ShardSet.all(index.topology().shards());
        Set<String> silent = new TreeSet<>(index.topology().nodes());
        silent.removeAll(told.keySet());
        List<Coverage.Part> parts = new ArrayList<>();
        BitSet open = new BitSet();
        all.stream().forEach(open::set);
        for (NodeShards part : Cover.plan(health, index, all, 0, silent)) {
            JsonNode answer = Objects.requireNonNull(told.get(part.nodeId()));
            parts.add(new Coverage.Part(part, answer));
            part.shards().stream().forEach(open::clear);
        }
        return new Coverage(parts, ShardSet.copyOf(open), Optional.empty());
    }

    private static ObjectNode whole(
            IndexView index, List<String> group, Map<String, JsonNode> told) {
        List<ObjectNode> answers =
                group.stream().map(told::get).map(ObjectNode.class::cast).toList();
        return StatsAnswer.sum(answers, index.topology().replicationFactor());
    }

    /** Documents of the shards that a node is asked of, where it holds others too. */
    private Map<String, Long> counted(
            IndexView index, Coverage coverage, AnswerBudget.Share share) {
        Map<String, NodeRequest> requests = new LinkedHashMap<>();
        for (Coverage.Part part : coverage.parts()) {
            if (part.asked().filterNeeded()) {
                ObjectNode filter =
                        Json.object()
                                .put("limit", 0)
                                .put("filter", NodeFilter.shards(part.asked().shards()));
                String target = "/indexes/" + index.row().physicalUid() + "/documents/fetch";
                requests.put(
                        part.asked().nodeId(),
                        NodeRequest.post(
                                        OPERATION,
                                        target,
                                        NodeBody.json(filter),
                                        settings.nodeTimeout())
                                .expecting(AnswerShape.DOCUMENTS)
                                .within(share));
            }
        }
        Map<String, Long> counted = new HashMap<>();
        ask(requests).forEach((node, told) -> counted.put(node, told.path("total").asLong()));
        return counted;
    }

    /**
     * The sum of what nodes tell of those of their shards that they are asked of.
     *
     * @param counted documents of these by node; else shards count as of one size
     */
    private ObjectNode estimate(IndexView index, Coverage coverage, Map<String, Long> counted) {
        if (coverage.refusal().isPresent()) {
            throw coverage.refusal().get();
        }
        IndexAsks.requireWhole(coverage, settings.partial());
        return StatsAnswer.sum(
                coverage.parts().stream().map(part -> part(index, part, counted)).toList(), 1);
    }

    private static ObjectNode part(IndexView index, Coverage.Part part, Map<String, Long> counted) {
        ObjectNode answer = (ObjectNode) part.answer();
        NodeShards asked = part.asked();
        if (!asked.filterNeeded()) {
            return answer;
        }
        Long documents = counted.get(asked.nodeId());
        long all = answer.path("numberOfDocuments").asLong(0);
        int held = index.held(asked.nodeId(), index.topology().shards()).size();
        return StatsAnswer.share(
                answer,
                documents == null || all == 0
                        ? (double) asked.shards().size() / held
                        : Math.min(1, (double) documents / all));
    }

    /** What those say that answer. */
    private Map<String, JsonNode> ask(List<String> ids, NodeRequest request) {
        Map<String, NodeRequest> requests = new LinkedHashMap<>();
        ids.forEach(id -> requests.put(id, request));
        return ask(requests);
    }

    private Map<String, JsonNode> ask(Map<String, NodeRequest> requests) {
        Map<String, JsonNode> told = new HashMap<>();
        nodes.askAll(requests)
                .forEach(
                        (node, reply) -> {
                            if (reply instanceof NodeReply.Answer answer) {
                                told.put(node, answer.body());
                            } else if (reply instanceof NodeReply.Failure failure
                                    && failure.kind() == NodeReply.Kind.NO_ROOM) {
                                throw AnswerBudget.noRoom();
                            }
                        });
        return told;
    }

    private NodeRequest request(String of, StatsQuery asked) {
        String target = of + "/stats" + (asked.internalSizes() ? INTERNAL_SIZES : "");
        return NodeRequest.get(OPERATION, target, settings.nodeTimeout());
    }

    /** Whether a group has as many replicas of each shard as it is to have, all in sync. */
    private static boolean isWhole(IndexView index, List<String> group) {
        for (int shard = 0; shard < index.topology().shards(); shard++) {
            int inSync = 0;
            for (String node : group) {
                switch (index.state(node, shard)) {
                    case IN_SYNC -> inSync++;
                    case NOT_HELD -> {}
                    case LAGGING, OUT, UNVERIFIED, MOVING -> {
                        return false;
                    }
                }
            }
            if (inSync != index.topology().replicationFactor()) {
                return false;
            }
        }
        return true;
    }
}
