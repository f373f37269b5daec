package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.api.indexes.StatsQuery;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.plan.SearchPlan.NodeShards;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
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
        NodeRequest request = request("/indexes/" + index.row().physicalUid(), asked);
        for (List<String> group : index.topology().groups()) {
            if (!group.stream().allMatch(node -> inSync(index, node))) {
                continue;
            }
            Map<String, JsonNode> told = ask(group, request.within(share));
            if (told.keySet().containsAll(group)) {
                return whole(index, group, told);
            }
        }
        Coverage coverage =
                cover.ask(index, ShardSet.all(index.topology().shards()), 0, share, _ -> request);
        return estimate(coverage);
    }

    /**
     * What is counted of many indexes: one request a node, however many there are. Nodes in trouble
     * are asked where the others don't hold everything.
     */
    public Counted ofAll(List<IndexView> indexes, StatsQuery asked, AnswerBudget.Share share) {
        NodeRequest request = request("", asked).within(share);
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
                    : estimate(coverage(index, told));
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
                        if (one.isObject()) {
                            told.put(node, one);
                        }
                    });
            return told;
        }
    }

    private static Optional<List<String>> wholeGroup(IndexView index, Map<String, JsonNode> told) {
        return index.topology().groups().stream()
                .filter(told.keySet()::containsAll)
                .filter(group -> group.stream().allMatch(node -> inSync(index, node)))
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

    private ObjectNode estimate(Coverage coverage) {
        if (coverage.refusal().isPresent()) {
            throw coverage.refusal().get();
        }
        SearchJourney.requireWhole(coverage, settings.partial());
        return StatsAnswer.sum(coverage.answers(), 1);
    }

    /** What those say that answer. */
    private Map<String, JsonNode> ask(List<String> ids, NodeRequest request) {
        Map<String, NodeRequest> requests = new LinkedHashMap<>();
        ids.forEach(id -> requests.put(id, request));
        Map<String, JsonNode> told = new HashMap<>();
        nodes.askAll(requests)
                .forEach(
                        (node, reply) -> {
                            if (reply instanceof NodeReply.Answer answer
                                    && answer.body().isObject()) {
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

    private static boolean inSync(IndexView index, String node) {
        return index.topology().shardsOf(node).stream()
                .allMatch(shard -> index.state(node, shard) == ReplicaState.IN_SYNC);
    }
}
