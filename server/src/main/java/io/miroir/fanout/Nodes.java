package io.miroir.fanout;

import io.miroir.tls.LazyTls;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** All nodes of the fleet: the one place where requests to them begin. */
public final class Nodes implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private final Map<String, NodeClient> clients;
    private final NodeObserver observer;
    private final Runnable transport;

    private Nodes(Map<String, NodeClient> clients, NodeObserver observer, Runnable transport) {
        this.clients = Map.copyOf(clients);
        this.observer = observer;
        this.transport = transport;
    }

    /**
     * Reaches nodes over HTTP with one shared connection pool.
     *
     * @param nodeKeys keys that open nodes, the one to try first
     */
    public static Nodes overHttp(
            List<NodeEndpoint> endpoints, Supplier<List<String>> nodeKeys, NodeObserver observer) {
        HttpClient http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT_TIMEOUT)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .sslContext(LazyTls.get())
                        .sslParameters(LazyTls.parameters())
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .build();
        Map<String, NodeClient> clients = new LinkedHashMap<>();
        endpoints.forEach(node -> clients.put(node.id(), new HttpNodeClient(http, node, nodeKeys)));
        return new Nodes(clients, observer, http::shutdownNow);
    }

    /** Reaches nodes through the given clients. */
    public static Nodes over(Map<String, NodeClient> clients, NodeObserver observer) {
        return new Nodes(clients, observer, () -> {});
    }

    /** The ids of all nodes that can be asked. */
    public Set<String> ids() {
        return clients.keySet();
    }

    /** Asks one node, on this thread. */
    public NodeReply ask(String nodeId, NodeRequest request) {
        NodeClient client = clients.get(nodeId);
        if (client == null) {
            return new NodeReply.Failure(NodeReply.Kind.UNREACHABLE, "no address is configured");
        }
        long startedNanos = System.nanoTime();
        NodeReply reply = client.send(request);
        observer.replied(nodeId, request, reply, System.nanoTime() - startedNanos);
        return reply;
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
