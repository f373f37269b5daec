package io.miroir.fanout.lane;

import static java.util.Objects.requireNonNull;

import io.miroir.core.plan.WritePlan;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.Nodes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Sends what a turn has to all nodes at once and finds out what each of them has of it. */
final class Dispatcher {
    private static final Duration RETRY_PAUSE = Duration.ofMillis(100);

    private static final Sent MISSED_OTHERS = new Sent.Absent("it missed what came before");
    private static final Sent TOO_LATE = new Sent.Unknown("it lags, and did not take it in time");

    private final Nodes nodes;
    private final LaneSettings settings;
    private final NodeNumbers numbers;
    private final LateNodes lateNodes;
    private final LaneCounters counters;

    Dispatcher(
            Nodes nodes,
            LaneSettings settings,
            NodeNumbers numbers,
            LateNodes lateNodes,
            LaneCounters counters) {
        this.nodes = nodes;
        this.settings = settings;
        this.numbers = numbers;
        this.lateNodes = lateNodes;
        this.counters = counters;
    }

    /**
     * Sends shipments to all nodes of their members, to each one after the other; comes back when
     * all are decided. Nodes whose replicas only lag are waited for about as long as the others
     * took: nobody reads them, and who copies to them begins again.
     *
     * @return for each member what became of it on its nodes
     */
    Map<Place, Map<String, Sent>> send(List<Shipment> shipments) throws InterruptedException {
        Set<String> inSync = new TreeSet<>();
        Set<String> lagging = new TreeSet<>();
        Map<Place, Map<String, Sent>> sent = new HashMap<>();
        members(shipments)
                .forEach(
                        member -> {
                            WritePlan plan = member.item().scope().plan();
                            inSync.addAll(plan.targets().keySet());
                            lagging.addAll(plan.fed().keySet());
                            sent.put(member.place(), missed(member));
                            // Unless it is done in time.
                            plan.fed()
                                    .keySet()
                                    .forEach(node -> put(sent, member.place(), node, TOO_LATE));
                        });
        lagging.removeAll(inSync);
        toAll(inSync, lagging, node -> sendAll(node, shipments))
                .forEach(
                        (node, told) ->
                                told.forEach((place, what) -> put(sent, place, node, what)));
        return sent;
    }

    /** Nothing for a node that lags and was not done in time: it is not waited for. */
    private Map<String, Map<Place, Sent>> toAll(
            Set<String> inSync, Set<String> lagging, Function<String, Map<Place, Sent>> send)
            throws InterruptedException {
        long beganNanos = System.nanoTime();
        Map<String, Future<Map<Place, Sent>>> sending = new TreeMap<>();
        Map<String, Map<Place, Sent>> sent = new TreeMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Set<String> nodes : List.of(inSync, lagging)) {
                nodes.forEach(node -> sending.put(node, threads.submit(() -> send.apply(node))));
            }
            for (String node : inSync) {
                sent.put(node, requireNonNull(sending.get(node)).get());
            }
            long nowNanos = System.nanoTime();
            long patienceNanos = Math.max(settings.retryTime().toNanos(), nowNanos - beganNanos);
            for (String node : lagging) {
                inTime(node, requireNonNull(sending.get(node)), nowNanos + patienceNanos)
                        .ifPresent(told -> sent.put(node, told));
            }
        } catch (ExecutionException bug) {
            throw new IllegalStateException("dispatch to " + sending.keySet(), bug.getCause());
        }
        return sent;
    }

    private Optional<Map<Place, Sent>> inTime(
            String node, Future<Map<Place, Sent>> sending, long giveUpNanos)
            throws InterruptedException, ExecutionException {
        try {
            return Optional.of(sending.get(giveUpNanos - System.nanoTime(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException late) {
            lateNodes.late(node);
            sending.cancel(true);
            return Optional.empty();
        }
    }

    private static void put(
            Map<Place, Map<String, Sent>> sent, Place place, String node, Sent what) {
        sent.computeIfAbsent(place, _ -> new TreeMap<>()).put(node, what);
    }

    private static Stream<Member> members(List<Shipment> shipments) {
        return shipments.stream().flatMap(shipment -> shipment.members().stream());
    }

    private static Map<String, Sent> missed(Member member) {
        Map<String, Sent> missed = new TreeMap<>();
        WritePlan plan = member.item().scope().plan();
        for (Map<String, ShardSet> away : List.of(plan.missed(), plan.unfed())) {
            away.keySet().forEach(node -> missed.put(node, new Sent.Absent("the node is down")));
        }
        return missed;
    }

    private Map<Place, Sent> sendAll(String node, List<Shipment> shipments) {
        Map<Place, Sent> sent = new HashMap<>();
        for (Shipment shipment : shipments) {
            List<Member> here = shipment.membersOn(node);
            if (here.size() == 1) {
                sendAlone(node, here.getFirst(), sent);
            } else if (here.size() > 1) {
                sendTogether(node, shipment, here, sent);
            }
        }
        return sent;
    }

    private void sendTogether(
            String node, Shipment shipment, List<Member> here, Map<Place, Sent> sent) {
        Sent what =
                isBroken(sent)
                        ? MISSED_OTHERS
                        : send(node, shipment.steps(node, here), here.getFirst().place());
        counters.mergedRequests().increment();
        counters.merged().add(here.size());
        if (what instanceof Sent.Refused) {
            // It has none of it, and nothing later was sent: each write has its own faults only.
            counters.takenApart().increment();
            here.forEach(member -> sendAlone(node, member, sent));
        } else {
            here.forEach(member -> sent.put(member.place(), what));
        }
    }

    private void sendAlone(String node, Member member, Map<Place, Sent> sent) {
        sendAlone(node, member.item().steps(), member.place(), sent);
    }

    private void sendAlone(String node, Item.Steps steps, Place place, Map<Place, Sent> sent) {
        sent.put(place, isBroken(sent) ? MISSED_OTHERS : send(node, steps.of(node, place), place));
    }

    /** Sends nodes one by one what they did not apply in a request that held all of it. */
    Map<String, Map<Place, Sent>> sendApart(Map<String, List<Merged.Part>> parts)
            throws InterruptedException {
        counters.takenApart().add(parts.size());
        return toAll(
                parts.keySet(),
                Set.of(),
                node -> {
                    Map<Place, Sent> sent = new HashMap<>();
                    parts.getOrDefault(node, List.of())
                            .forEach(part -> sendAlone(node, part.documents(), part.place(), sent));
                    return sent;
                });
    }

    // What it may lack it is not read for: to have what came later would help nobody.
    private static boolean isBroken(Map<Place, Sent> sent) {
        return sent.values().stream()
                .anyMatch(what -> what instanceof Sent.Absent || what instanceof Sent.Unknown);
    }

    private Sent send(String node, List<Item.Step> steps, Place place) {
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
        NodeNumbers.Floor floor = numbers.floor(node);
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
                    if (failure.kind() == NodeReply.Kind.TIMEOUT) {
                        lateNodes.late(node);
                    }
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
            String node,
            Item.Step step,
            Place place,
            NodeNumbers.Floor floor,
            NodeReply.Failure failure) {
        Mark mark = step.mark();
        if (mark == null) {
            return new Sent.Unknown(reason(failure));
        }
        // Its own mark: of a part, the whole that was taken apart is there as well, and older.
        String wanted = mark.text();
        AtomicReference<Sent> found = new AtomicReference<>(new Sent.Unknown(reason(failure)));
        boolean _ =
                LatestTasks.of(
                        nodes,
                        node,
                        place.physicalUid(),
                        (uid, carried) -> {
                            boolean here = carried.equals(wanted);
                            if (here) {
                                found.set(accepted(node, floor, uid));
                            }
                            return here;
                        });
        return requireNonNull(found.get());
    }

    private Sent accepted(String node, NodeNumbers.Floor floor, JsonNode body) {
        JsonNode uid = body.path("taskUid");
        return uid.isIntegralNumber()
                ? accepted(node, floor, uid.asLong())
                : new Sent.Unknown("an answer without a task");
    }

    private Sent accepted(String node, NodeNumbers.Floor floor, long nodeTaskUid) {
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
