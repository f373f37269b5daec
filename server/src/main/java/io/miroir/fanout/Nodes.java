package io.miroir.fanout;

import io.miroir.tls.LazyTls;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All nodes of the fleet: the one place where requests to them begin. They come and go while a pod
 * runs, and everything that a pod has for each of them with them.
 */
public final class Nodes implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private final Function<NodeEndpoint, NodeClient> opener;
    private final NodeObserver observer;
    private final Runnable transport;
    private final Map<String, Known> known = new ConcurrentHashMap<>();
    private final List<NodeWatcher> watchers = new ArrayList<>();

    private record Known(NodeEndpoint at, NodeClient client) {}

    private Nodes(
            Function<NodeEndpoint, NodeClient> opener, NodeObserver observer, Runnable transport) {
        this.opener = opener;
        this.observer = observer;
        this.transport = transport;
    }

    /**
     * Reaches nodes over HTTP with one shared connection pool; none at first.
     *
     * @param nodeKeys keys that open nodes, the one to try first
     */
    public static Nodes overHttp(Supplier<List<String>> nodeKeys, NodeObserver observer) {
        HttpClient http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT_TIMEOUT)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .sslContext(LazyTls.get())
                        .sslParameters(LazyTls.parameters())
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .build();
        return new Nodes(
                node ->
                        node.address() == null
                                ? _ -> unreachable("nobody has told its address")
                                : new HttpNodeClient(http, node.address(), nodeKeys),
                observer,
                http::shutdownNow);
    }

    /** Reaches nodes through the clients that are opened for them; none at first. */
    public static Nodes through(Function<NodeEndpoint, NodeClient> opener, NodeObserver observer) {
        return new Nodes(opener, observer, () -> {});
    }

    /** Reaches nodes through the given clients. */
    public static Nodes over(Map<String, NodeClient> clients, NodeObserver observer) {
        Nodes nodes = through(node -> Objects.requireNonNull(clients.get(node.id())), observer);
        nodes.become(clients.keySet().stream().map(id -> new NodeEndpoint(id, null)).toList());
        return nodes;
    }

    /** From here on these are the nodes. What is under way to others is ended. */
    public synchronized void become(Collection<NodeEndpoint> fleet) {
        Set<String> gone = new HashSet<>(known.keySet());
        fleet.forEach(node -> gone.remove(node.id()));
        gone.forEach(this::drop);
        fleet.forEach(this::take);
    }

    private void drop(String id) {
        Known gone = known.remove(id);
        if (gone != null) {
            watchers.forEach(watcher -> watcher.went(id));
            gone.client().close();
        }
    }

    private void take(NodeEndpoint node) {
        Known before = known.get(node.id());
        if (before != null && before.at().equals(node)) {
            return;
        }
        Known now = new Known(node, opener.apply(node));
        if (before == null) {
            known.put(node.id(), now);
            watchers.forEach(watcher -> watcher.came(node.id()));
        } else {
            // Told first: nothing is asked there as if it were known who answers. What is under way
            // to the former address may be answered yet.
            watchers.forEach(watcher -> watcher.moved(node.id()));
            known.put(node.id(), now);
        }
    }

    /** Tells of the nodes that there are now, and of all that come, move and go. */
    public synchronized void watch(NodeWatcher watcher) {
        watchers.add(watcher);
        known.keySet().forEach(watcher::came);
    }

    /** The ids of all nodes now. */
    public Set<String> ids() {
        return Set.copyOf(known.keySet());
    }

    /** Asks one node, on this thread. */
    public NodeReply ask(String nodeId, NodeRequest request) {
        Known node = known.get(nodeId);
        if (node == null) {
            return unreachable("the cluster has no such node");
        }
        long startedNanos = System.nanoTime();
        NodeReply reply = node.client().send(request);
        observer.replied(nodeId, request, reply, System.nanoTime() - startedNanos);
        return reply;
    }

    private static NodeReply unreachable(String why) {
        return new NodeReply.Failure(NodeReply.Kind.UNREACHABLE, why);
    }

    /**
     * Asks several nodes at once and waits for all: each reply comes within its request's timeout,
     * so this does too. In the order of the requests.
     */
    public Map<String, NodeReply> askAll(Map<String, NodeRequest> requests) {
        Map<String, NodeReply> replies = new LinkedHashMap<>();
        if (requests.size() == 1) {
            requests.forEach((nodeId, request) -> replies.put(nodeId, ask(nodeId, request)));
            return replies;
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Map<String, Future<NodeReply>> asked = new LinkedHashMap<>();
            requests.forEach(
                    (nodeId, request) ->
                            asked.put(nodeId, threads.submit(() -> ask(nodeId, request))));
            asked.forEach((nodeId, reply) -> replies.put(nodeId, join(reply, asked)));
        }
        return replies;
    }

    /**
     * The same for a read: what is sent counts until all have answered, once where several are sent
     * the same.
     *
     * @param share null for what does not count
     * @throws io.miroir.api.ApiException if there is no room for it
     */
    public Map<String, NodeReply> askAll(
            Map<String, NodeRequest> requests, AnswerBudget.@Nullable Share share) {
        if (share == null) {
            return askAll(requests);
        }
        try (AnswerBudget.Share _ = share.sending(sentBytes(requests.values()))) {
            return askAll(requests);
        }
    }

    private static long sentBytes(Collection<NodeRequest> requests) {
        Set<NodeBody> once = Collections.newSetFromMap(new IdentityHashMap<>());
        long bytes = 0;
        for (NodeRequest request : requests) {
            if (request.body() instanceof NodeBody.Bytes body && once.add(body)) {
                bytes += body.utf8().remaining();
            }
        }
        return bytes;
    }

    private static NodeReply join(
            Future<NodeReply> reply, Map<String, Future<NodeReply>> siblings) {
        try {
            return reply.get();
        } catch (InterruptedException interrupted) {
            // The caller is gone: nobody will read the other replies either.
            new ArrayList<>(siblings.values()).forEach(sibling -> sibling.cancel(true));
            Thread.currentThread().interrupt();
            return new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "interrupted");
        } catch (ExecutionException bug) {
            throw new IllegalStateException("request to a node", bug.getCause());
        } catch (java.util.concurrent.CancellationException cancelled) {
            return new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "interrupted");
        }
    }

    @Override
    public void close() {
        transport.run();
    }
}
