package io.miroir.fanout.lane;

import io.miroir.core.plan.WritePlan;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;

/** Sends an item to all its nodes at once and finds out what each of them has of it. */
final class Dispatcher {
    private static final Duration RETRY_PAUSE = Duration.ofMillis(100);
    private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(5);
    private static final int LOOK_TASKS_MAX = 100;

    private final Nodes nodes;
    private final LaneSettings settings;
    private final NodeNumbers numbers;

    Dispatcher(Nodes nodes, LaneSettings settings, NodeNumbers numbers) {
        this.nodes = nodes;
        this.settings = settings;
        this.numbers = numbers;
    }

    /** Sends the item to the nodes of its plan; comes back when all are decided. */
    Map<String, Sent> send(Item item, Place place) throws InterruptedException {
        Map<String, Future<Sent>> sending = new TreeMap<>();
        Map<String, Sent> sent = new TreeMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String node : item.scope().plan().recipients()) {
                List<Item.Step> steps = item.steps().of(node, place);
                sending.put(node, threads.submit(() -> sendAll(node, steps, place)));
            }
            for (Map.Entry<String, Future<Sent>> node : sending.entrySet()) {
                sent.put(node.getKey(), node.getValue().get());
            }
        } catch (ExecutionException bug) {
            throw new IllegalStateException("dispatch of " + place, bug.getCause());
        }
        WritePlan plan = item.scope().plan();
        for (Map<String, ShardSet> away : List.of(plan.missed(), plan.unfed())) {
            away.keySet().forEach(node -> sent.put(node, new Sent.Absent("the node is down")));
        }
        return sent;
    }

    private Sent sendAll(String node, List<Item.Step> steps, Place place) {
        Sent last = new Sent.Absent("nothing to send");
        for (Item.Step step : steps) {
            last = sendOne(node, step, place);
            if (!(last instanceof Sent.Accepted)) {
                return last;
            }
        }
        return last;
    }

    private Sent sendOne(String node, Item.Step step, Place place) {
        long giveUpNanos = System.nanoTime() + settings.retryTime().toNanos();
        long floor = numbers.floor(node);
        while (true) {
            switch (nodes.ask(node, step.request())) {
                case NodeReply.Answer answer -> {
                    return accepted(node, floor, answer.body());
                }
                case NodeReply.Refusal refusal when refusal.refusesKey() -> {
                    return new Sent.Absent("the node refuses our key");
                }
                case NodeReply.Refusal refusal -> {
                    return new Sent.Refused(refusal.error());
                }
                case NodeReply.Failure failure when failure.maybeDone() -> {
                    return settle(node, step, place, floor, failure);
                }
                case NodeReply.Failure failure -> {
                    if (System.nanoTime() > giveUpNanos || !pause()) {
                        return new Sent.Absent(reason(failure));
                    }
                }
            }
        }
    }

    // The answer is lost, the write may not be. A task that is there is proof; one that is not may
    // still come, so it is never sent again (protocol, rule 4).
    private Sent settle(
            String node, Item.Step step, Place place, long floor, NodeReply.Failure failure) {
        if (!step.marked()) {
            return new Sent.Unknown(reason(failure));
        }
        OptionalLong found = find(node, place).orElse(OptionalLong.empty());
        return found.isPresent()
                ? accepted(node, floor, found.getAsLong())
                : new Sent.Unknown(reason(failure));
    }

    /**
     * Looks for the task of a place among the node's latest tasks of the index.
     *
     * @return empty if the node did not answer; an empty number if it has no such task
     */
    java.util.Optional<OptionalLong> find(String node, Place place) {
        NodeRequest look =
                NodeRequest.get(
                        "tasks",
                        "/tasks?limit=" + LOOK_TASKS_MAX + "&indexUids=" + place.physicalUid(),
                        LOOK_TIMEOUT);
        if (!(nodes.ask(node, look) instanceof NodeReply.Answer answer)) {
            return java.util.Optional.empty();
        }
        for (JsonNode task : answer.body().path("results")) {
            if (task.path("customMetadata").asString("").equals(place.metadata())) {
                return java.util.Optional.of(OptionalLong.of(task.path("uid").asLong()));
            }
        }
        return java.util.Optional.of(OptionalLong.empty());
    }

    private Sent accepted(String node, long floor, JsonNode body) {
        JsonNode uid = body.path("taskUid");
        return uid.isIntegralNumber()
                ? accepted(node, floor, uid.asLong())
                : new Sent.Unknown("an answer without a task");
    }

    private Sent accepted(String node, long floor, long nodeTaskUid) {
        return numbers.accept(node, floor, nodeTaskUid)
                ? new Sent.Accepted(nodeTaskUid)
                : new Sent.Unknown(NodeNumbers.BEGAN_ANEW);
    }

    private static boolean pause() {
        try {
            Thread.sleep(RETRY_PAUSE);
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String reason(NodeReply.Failure failure) {
        String text = failure.kind().label() + ": " + failure.detail();
        return text.length() > 200 ? text.substring(0, 200) : text;
    }
}
