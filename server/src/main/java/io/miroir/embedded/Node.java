package io.miroir.embedded;

import io.miroir.api.Uuids;
import io.miroir.api.keys.ApiKey;
import io.miroir.api.keys.Authorizer;
import io.miroir.api.keys.KeyDesk;
import io.miroir.api.keys.KeyRequests;
import io.miroir.api.keys.MasterKey;
import io.miroir.edge.http.HttpServer;
import io.miroir.edge.http.Router;
import io.miroir.edge.shared.KeyRoutes;
import io.miroir.edge.shared.WebhookRoutes;
import io.miroir.embedded.routes.Desk;
import io.miroir.embedded.routes.DocumentRoutes;
import io.miroir.embedded.routes.IndexRoutes;
import io.miroir.embedded.routes.NodeKeys;
import io.miroir.embedded.routes.NodeWebhooks;
import io.miroir.embedded.routes.RefusedRoutes;
import io.miroir.embedded.routes.SearchRoutes;
import io.miroir.embedded.routes.SettingsRoutes;
import io.miroir.embedded.routes.SystemRoutes;
import io.miroir.embedded.routes.TaskRoutes;
import io.miroir.embedded.store.Change;
import io.miroir.embedded.store.IndexRow;
import io.miroir.embedded.store.NodeState;
import io.miroir.embedded.store.Payloads;
import io.miroir.embedded.store.Work;
import io.miroir.embedded.tasks.BatchRunner;
import io.miroir.embedded.tasks.Catalogue;
import io.miroir.embedded.tasks.CatalogueWork;
import io.miroir.embedded.tasks.DocumentWork;
import io.miroir.embedded.tasks.OpenIndexes;
import io.miroir.embedded.tasks.Scheduler;
import io.miroir.embedded.tasks.TaskQueue;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A running embedded node. */
public final class Node implements AutoCloseable {
    private static final long DRAIN_MILLIS_MAX = 10_000;

    /** Remembered with the features, so that deleted default keys stay deleted. */
    private static final String KEYS_MADE = "defaultKeysMade";

    private final Parts parts;
    private final HttpServer server;

    /** What is stopped with the node, in the reverse order of its start. */
    private record Parts(
            FileChannel lock,
            NodeState state,
            OpenIndexes indexes,
            Scheduler scheduler,
            WebhookSender webhooks) {}

    private Node(Parts parts, HttpServer server) {
        this.parts = parts;
        this.server = server;
    }

    /**
     * Starts a node: opens its directory, goes on with the tasks that wait there, and listens.
     *
     * @param opener opens indexes
     * @throws IOException if the directory can't be used, or another node uses it
     */
    public static Node start(NodeConfig config, OpenIndexes.Opener opener) throws IOException {
        InstantSource clock = InstantSource.system();
        SecureRandom random = new SecureRandom();
        Uuids ids = new Uuids(random, clock);
        Path root = Files.createDirectories(config.directory());
        FileChannel lock = lock(root);
        NodeState state = NodeState.open(root);
        makeDefaultKeys(state, clock, ids);
        Payloads payloads = new Payloads(root.resolve("payloads"), ids::random);
        OpenIndexes indexes = new OpenIndexes(root.resolve("indexes"), opener);
        sweep(state, payloads, indexes);

        Catalogue catalogue = new Catalogue(ids::random);
        WebhookSender webhooks = new WebhookSender(state);
        BatchRunner runner =
                new BatchRunner(
                        state,
                        payloads,
                        clock,
                        new DocumentWork(state, indexes, payloads, catalogue),
                        new CatalogueWork(state, indexes, catalogue),
                        webhooks::tell);
        Scheduler scheduler = new Scheduler(state, runner);
        TaskQueue queue = new TaskQueue(state, clock, scheduler::wakeUp);

        MasterKey master = config.masterKey() == null ? null : new MasterKey(config.masterKey());
        NodeKeys keys = new NodeKeys(state, clock, master);
        Authorizer authorizer = master == null ? Authorizer.open() : Authorizer.of(master, keys);
        Desk desk = new Desk(state, indexes, queue, authorizer, clock, ids);
        HttpServer server =
                HttpServer.start(
                        config.host(),
                        config.port(),
                        config.limits(),
                        random,
                        router(desk, payloads, new KeyDesk(keys, keys, clock, ids::random)));
        scheduler.start();
        return new Node(new Parts(lock, state, indexes, scheduler, webhooks), server);
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    /** Answers the requests that run, finishes the batch at hand, and stops. */
    @Override
    public void close() throws IOException {
        try {
            server.drain(DRAIN_MILLIS_MAX);
            server.close();
            parts.scheduler.stop();
        } catch (InterruptedException hurried) {
            // What is not finished now is finished after the next start.
            Thread.currentThread().interrupt();
        }
        parts.webhooks.close();
        parts.indexes.close();
        parts.state.close();
        parts.lock.close();
    }

    private static Router router(Desk desk, Payloads payloads, KeyDesk keys) {
        List<Router.Route> routes = new ArrayList<>();
        routes.addAll(new SystemRoutes(desk).routes());
        routes.addAll(new RefusedRoutes(desk).routes());
        routes.addAll(new IndexRoutes(desk).routes());
        routes.addAll(new DocumentRoutes(desk, payloads).routes());
        routes.addAll(new SettingsRoutes(desk).routes());
        routes.addAll(new SearchRoutes(desk).routes());
        routes.addAll(new TaskRoutes(desk).routes());
        routes.addAll(new KeyRoutes(desk, keys).routes());
        routes.addAll(
                new WebhookRoutes(desk, new NodeWebhooks(desk.state()), desk.ids()::random)
                        .routes());
        return Router.of(routes);
    }

    /** Two nodes on one directory would each lose what the other writes. */
    private static FileChannel lock(Path root) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new IOException("another node uses " + root);
        }
        return channel;
    }

    private static void makeDefaultKeys(NodeState state, InstantSource clock, Uuids ids) {
        boolean made = state.features().has(KEYS_MADE);
        if (made) {
            return;
        }
        // Lists show the newest first, and the defaults in their own order.
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        List<Change> changes = new ArrayList<>();
        List<ApiKey> defaults = KeyRequests.defaults(now, ids::random);
        for (int i = 0; i < defaults.size(); i++) {
            ApiKey key = defaults.get(i);
            Instant at = now.minus(i, ChronoUnit.MICROS);
            changes.add(new Change.PutKey(new ApiKey(key.uid(), key.label(), key.grant(), at, at)));
        }
        changes.add(new Change.PutFeatures(state.features().deepCopy().put(KEYS_MADE, true)));
        state.commit(changes);
    }

    private static void sweep(NodeState state, Payloads payloads, OpenIndexes indexes)
            throws IOException {
        Set<String> files =
                state.waiting().stream()
                        .map(state::task)
                        .filter(task -> task != null && task.work() instanceof Work.AddDocuments)
                        .map(task -> ((Work.AddDocuments) task.work()).file())
                        .collect(Collectors.toSet());
        payloads.sweep(files);
        indexes.sweep(
                state.indexes().values().stream()
                        .map(IndexRow::directory)
                        .collect(Collectors.toSet()));
    }
}
