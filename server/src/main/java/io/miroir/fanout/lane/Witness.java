package io.miroir.fanout.lane;

import io.miroir.api.settings.NodeSettings;
import io.miroir.cluster.health.HealthState;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What is known of nodes where a task's end is decided. */
final class Witness {
    private static final Logger LOG = LoggerFactory.getLogger(Witness.class);

    /** How long a task waits for a node that is down, while others have what it has. */
    private static final Duration GIVE_UP_AFTER = Duration.ofSeconds(10);

    private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(5);
    private static final int LOOK_TASKS_MAX = 1_000;
    private static final Sent NOT_AGAIN = new Sent.Absent("it was not sent again");

    private final LaneContext context;
    private final Map<String, Long> downSinceNanos = new ConcurrentHashMap<>();

    Witness(LaneContext context) {
        this.context = context;
    }

    /**
     * What became of a write on a node that did not apply a request which held others' as well:
     * sent again by itself, now or by an owner that was lost, or not.
     *
     * @return empty while it is not known
     */
    Optional<Sent> again(Line.Doubt doubt) throws InterruptedException {
        Tracked task = doubt.task();
        Merged merged = doubt.merged();
        if (merged != null) {
            return merged.again(doubt.nodeId(), givenUp())
                    .map(sent -> sent.getOrDefault(task.place(), NOT_AGAIN));
        }
        return task.isSentByUs() || isGone(doubt.nodeId())
                ? Optional.of(NOT_AGAIN)
                : found(task, doubt.nodeId());
    }

    // Parts were sent while nothing came between: they are the next tasks behind the whole.
    private Optional<Sent> found(Tracked task, String nodeId) {
        long whole = task.accepted().getOrDefault(nodeId, 0L);
        NodeRequest next =
                NodeRequest.get(
                                "tasks",
                                "/tasks?reverse=true&from=%d&limit=%d&indexUids=%s"
                                        .formatted(whole + 1, LOOK_TASKS_MAX, task.physicalUid()),
                                LOOK_TIMEOUT)
                        .expecting(AnswerShape.TASKS);
        if (!(context.nodes().ask(nodeId, next) instanceof NodeReply.Answer answer)) {
            return Optional.empty();
        }
        for (JsonNode found : answer.body().path("results")) {
            long uid = found.path("uid").asLong();
            String mark = found.path("customMetadata").asString("");
            if (uid > whole && mark.equals(task.marked())) {
                return Optional.of(new Sent.Accepted(uid));
            }
        }
        return Optional.of(NOT_AGAIN);
    }

    /** Takes note of who is down of the nodes that there are. */
    void look(Collection<String> nodes) {
        downSinceNanos.keySet().retainAll(nodes);
        for (String node : nodes) {
            if (context.health().status(node) == HealthState.Status.DOWN) {
                downSinceNanos.putIfAbsent(node, System.nanoTime());
            } else {
                downSinceNanos.remove(node);
            }
        }
    }

    /**
     * What is known of a task. What a node says of its settings decides, not what it says of the
     * task (protocol, rule 7).
     */
    Completion.Evidence evidence(Tracked task, Map<String, NodeResult> results, Set<String> all) {
        ObjectNode settings = task.details().settings();
        if (settings == null || results.size() < task.accepted().size()) {
            return new Completion.Evidence(results, Set.of(), givenUp(task), all);
        }
        ObjectNode expected = NodeSettings.derive(settings);
        Map<String, NodeResult> checked = new TreeMap<>(results);
        Set<String> verified = new HashSet<>();
        NodeRequest read = SettingsReadBack.request(task.physicalUid());
        for (Map.Entry<String, NodeResult> result : results.entrySet()) {
            String node = result.getKey();
            if (result.getValue() instanceof NodeResult.Lost) {
                continue;
            }
            switch (context.nodes().ask(node, read)) {
                case NodeReply.Answer answer -> {
                    if (SettingsReadBack.matches(expected, answer.body())) {
                        verified.add(node);
                    } else if (result.getValue() instanceof NodeResult.Succeeded) {
                        LOG.warn("node {} has other settings than task {}", node, task.uid());
                        checked.put(node, NodeResult.failed("A node has other settings."));
                    }
                }
                case NodeReply.Refusal _ -> {
                    if (result.getValue() instanceof NodeResult.Succeeded) {
                        checked.put(node, NodeResult.failed("A node has no such index."));
                    }
                }
                // Not known yet: the task stays open until the node answers or is given up.
                case NodeReply.Failure _ -> checked.remove(node);
            }
        }
        return new Completion.Evidence(checked, verified, givenUp(task), all);
    }

    /** One that the cluster does not have any more will not tell. */
    private Set<String> givenUp(Tracked task) {
        Set<String> nodes = givenUp();
        task.accepted().keySet().stream().filter(this::isGone).forEach(nodes::add);
        return nodes;
    }

    private boolean isGone(String nodeId) {
        return !context.nodes().ids().contains(nodeId);
    }

    private Set<String> givenUp() {
        Set<String> nodes = new HashSet<>();
        long nowNanos = System.nanoTime();
        downSinceNanos.forEach(
                (node, sinceNanos) -> {
                    if (nowNanos - sinceNanos > GIVE_UP_AFTER.toNanos()) {
                        nodes.add(node);
                    }
                });
        return nodes;
    }
}
