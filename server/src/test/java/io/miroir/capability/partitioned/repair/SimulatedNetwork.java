package io.miroir.capability.partitioned.repair;

import io.miroir.capability.partitioned.repair.SimulatedNetwork.Meanwhile;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.copy.CopyMarks;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How requests come to nodes: everything else that happens, happens on their way. */
final class SimulatedNetwork {
    static final Duration ASKING_TIME = Duration.ofMillis(200);
    private static final Duration ASKING_TIME_UNDER_LOAD = Duration.ofMillis(5);
    private static final Pattern READ_FROM = Pattern.compile("&reverse=true&from=(\\d+)");

    private final SimulatedCluster cluster;
    private final GivenUpRequests givenUp;
    private final Around around;

    /** What happens once, when documents are sent, at the end of a copy, or before a deletion. */
    Meanwhile onPut = Meanwhile.NOTHING;

    Meanwhile onRest = Meanwhile.NOTHING;
    Meanwhile onDelete = Meanwhile.NOTHING;

    /** Whether the next documents that are sent are given up. */
    boolean keepsBack;

    @Nullable NodeRequest keptBack;
    Duration askingTime = ASKING_TIME;

    /** From which task on nodes were asked for those that came, each time. */
    private final Map<String, List<Long>> readFrom = new ConcurrentHashMap<>();

    private long trace;
    private long asked;

    /** What happens while something else is under way. */
    interface Meanwhile {
        Meanwhile NOTHING = () -> {};

        void happens() throws InterruptedException;

        static void run(Meanwhile what) {
            try {
                what.happens();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** All others, while somebody asks a node. */
    interface Around {
        void goesBy(Duration time);

        void happen();

        /** Clients write all the time, and more than nodes do. */
        boolean isLoaded();
    }

    /** A pod is lost: whatever it was about to do is not done. */
    static final class PodLost extends Error {
        private static final long serialVersionUID = 1L;
    }

    SimulatedNetwork(SimulatedCluster cluster, GivenUpRequests givenUp, Around around) {
        this.cluster = cluster;
        this.givenUp = givenUp;
        this.around = around;
    }

    /** Nothing special is to happen. */
    void begin() {
        onPut = Meanwhile.NOTHING;
        onRest = Meanwhile.NOTHING;
        onDelete = Meanwhile.NOTHING;
        askingTime = ASKING_TIME;
        readFrom.clear();
    }

    /** From which task on a node was asked for those that came, each time until now. */
    List<Long> readFrom(String id) {
        return readFrom.computeIfAbsent(id, _ -> new CopyOnWriteArrayList<>());
    }

    /** What nodes were asked until now, and when. */
    long trace() {
        return trace;
    }

    /** How often. */
    long asked() {
        return asked;
    }

    NodeReply ask(String id, NodeRequest request) {
        around.goesBy(around.isLoaded() ? ASKING_TIME_UNDER_LOAD : askingTime);
        asked++;
        trace = Objects.hash(trace, cluster.nanos.get(), id, request.method(), request.target());
        Matcher read = READ_FROM.matcher(request.target());
        if (read.find()) {
            readFrom(id).add(Long.parseLong(read.group(1)));
        }
        if (around.isLoaded()) {
            return cluster.node(id).answer(request, false);
        }
        if (!cluster.quiet && cluster.chance(0.002)) {
            throw new PodLost();
        }
        for (int i = cluster.random.nextInt(3); i > 0; i--) {
            around.happen();
        }
        if (cluster.held && request.target().contains("statuses=enqueued")) {
            Meanwhile once = onRest;
            onRest = Meanwhile.NOTHING;
            Meanwhile.run(once);
        }
        if (SimulatedNode.isWait(request)) {
            // Whoever waits is not to wait for long.
            cluster.work(id, 2);
        }
        if (!cluster.quiet && cluster.chance(0.003)) {
            return new NodeReply.Failure(NodeReply.Kind.UNREACHABLE, "away");
        }
        if (SimulatedNode.isOfShards(request)) {
            cluster.moves.deletes(id, SimulatedNode.shards(request), cluster.index());
            Meanwhile once = onDelete;
            onDelete = Meanwhile.NOTHING;
            Meanwhile.run(once);
        }
        if (request.target().contains("/documents?")) {
            Meanwhile once = onPut;
            onPut = Meanwhile.NOTHING;
            Meanwhile.run(once);
        }
        if (keepsBack && request.target().contains("/documents?")) {
            keepsBack = false;
            keptBack = request;
            return new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "late");
        }
        boolean changes = !request.method().equals("GET") && !request.target().contains("/fetch");
        if (!cluster.quiet
                && CopyMarks.isOurs(SimulatedNode.mark(request))
                && cluster.chance(0.02)) {
            givenUp.add(id, request);
            return new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "late");
        }
        NodeReply reply =
                cluster.node(id).answer(request, changes && !cluster.quiet && cluster.chance(0.01));
        // Done, and nobody learns of it.
        return changes && !cluster.quiet && cluster.chance(0.01)
                ? new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "late")
                : reply;
    }
}
