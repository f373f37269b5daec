package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.core.topology.ShardSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What nodes answered to an item, in the forms that a bind and a client are told. */
final class Accounts {
    private Accounts() {}

    static Map<String, Divergence.Has> has(Map<String, Sent> sent) {
        Map<String, Divergence.Has> has = new TreeMap<>();
        sent.forEach(
                (node, what) ->
                        has.put(
                                node,
                                switch (what) {
                                    case Sent.Accepted _ -> Divergence.Has.YES;
                                    case Sent.Refused _, Sent.Absent _ -> Divergence.Has.NO;
                                    case Sent.Unknown _ -> Divergence.Has.UNKNOWN;
                                }));
        return has;
    }

    /** The tasks of nodes that took it and are read: of the others nobody waits for. */
    static Map<String, Long> accepted(Scope scope, Map<String, Sent> sent) {
        Map<String, Long> accepted = new TreeMap<>();
        sent.forEach(
                (node, what) -> {
                    if (what instanceof Sent.Accepted taken
                            && scope.plan().targets().containsKey(node)) {
                        accepted.put(node, taken.nodeTaskUid());
                    }
                });
        return accepted;
    }

    static Map<String, String> reasons(Map<String, ShardSet> out, Map<String, Sent> sent) {
        Map<String, String> reasons = new TreeMap<>();
        for (String node : out.keySet()) {
            Sent what = sent.get(node);
            reasons.put(node, what == null ? "not sent" : what.reason());
        }
        return reasons;
    }

    static Map<String, List<Integer>> numbers(Map<String, ShardSet> out) {
        Map<String, List<Integer>> numbers = new TreeMap<>();
        out.forEach((node, shards) -> numbers.put(node, shards.stream().boxed().toList()));
        return numbers;
    }

    /** What a node that refused it told, in the client's words. */
    static Optional<ApiException> refusal(Map<String, Sent> sent, Place place) {
        return sent.values().stream()
                .filter(Sent.Refused.class::isInstance)
                .map(s -> ((Sent.Refused) s).error())
                .map(error -> ClientWords.of(error, place.physicalUid(), place.lane()))
                .map(WireErrors::toException)
                .findFirst();
    }

    static LaneReply degraded(LaneReply reply, Map<Integer, ShardSet> groups) {
        String header =
                groups.entrySet().stream()
                        .map(group -> "group=" + group.getKey() + ";shards=" + group.getValue())
                        .collect(Collectors.joining(", "));
        return new LaneReply(
                reply.taskUid(),
                reply.indexUid(),
                reply.type(),
                reply.enqueuedAt(),
                reply.customMetadata(),
                Map.of("X-Miroir-Degraded", header));
    }
}
