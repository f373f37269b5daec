package io.miroir;

import io.miroir.api.Uuids;
import io.miroir.capability.leader.dump.DumpDirectory;
import io.miroir.capability.leader.dump.DumpWork;
import io.miroir.capability.leader.export.ExportWork;
import io.miroir.capability.leader.features.NodeFeatures;
import io.miroir.capability.leader.rebalance.ChangeEnd;
import io.miroir.capability.leader.seal.SealDuty;
import io.miroir.capability.leader.snapshot.SnapshotWork;
import io.miroir.capability.leader.webhook.WebhookDuty;
import io.miroir.capability.partitioned.repair.LossAcceptance;
import io.miroir.capability.partitioned.repair.LossMetrics;
import io.miroir.capability.stateless.session.SessionPinning;
import io.miroir.cluster.ClusterMetrics;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.FirstKeys;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.LimitsRecorder;
import io.miroir.cluster.Readiness;
import io.miroir.cluster.RebalanceMetrics;
import io.miroir.cluster.ReplicaGauges;
import io.miroir.cluster.SettingsGauges;
import io.miroir.cluster.TopologyRecorder;
import io.miroir.cluster.format.FormatRaiser;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.cluster.identity.NodeLives;
import io.miroir.cluster.lease.Reports;
import io.miroir.cluster.lease.ViewLease;
import io.miroir.cluster.member.AbsentListeners;
import io.miroir.cluster.member.Comparer;
import io.miroir.cluster.member.PodIdentity;
import io.miroir.cluster.peer.ClusterKeys;
import io.miroir.cluster.peer.OpenStore;
import io.miroir.cluster.peer.Peers;
import io.miroir.cluster.seal.SealKeys;
import io.miroir.cluster.seal.StoredSecrets;
import io.miroir.config.MiroirConfig;
import io.miroir.duty.Duties;
import io.miroir.duty.LeaderDuty;
import io.miroir.duty.PartitionedDuty;
import io.miroir.duty.TaskDuty;
import io.miroir.edge.Edge;
import io.miroir.edge.Exposition;
import io.miroir.edge.LossErrand;
import io.miroir.edge.StoredTasks;
import io.miroir.edge.http.HttpServer;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.export.ExportClient;
import io.miroir.fanout.lane.AppliedWatch;
import io.miroir.fanout.lane.Canceler;
import io.miroir.fanout.lane.LaneContext;
import io.miroir.fanout.lane.LaneErrands;
import io.miroir.fanout.lane.LaneKeeper;
import io.miroir.fanout.lane.LaneMetrics;
import io.miroir.fanout.lane.SettingsMetrics;
import io.miroir.fanout.lane.TaskFollower;
import io.miroir.fanout.lane.TaskMetrics;
import io.miroir.fanout.lane.WriteJourney;
import io.miroir.fanout.spool.Spooler;
import io.miroir.fanout.webhook.WebhookCaller;
import io.miroir.raft.RaftTaskStore;
import io.miroir.store.TaskStore;
import io.miroir.store.backup.OnlineBackup;
import io.miroir.store.task.TaskType;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One pod: its parts are built by constructor, started in order, and stopped in reverse. */
public final class Miroir implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Miroir.class);

    private final MiroirConfig config;
    private final ConfiguredSettings settings;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Uuids uuids;
    private final CollectorRegistry registry = new CollectorRegistry();

    /** Closed from the last to the first. */
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final AtomicReference<HttpServer> http = new AtomicReference<>();
    private final AtomicReference<HttpServer> metrics = new AtomicReference<>();
    private final AtomicReference<Readiness> readiness = new AtomicReference<>();
    private final AtomicReference<LaneKeeper> lanes = new AtomicReference<>();

    private Miroir(MiroirConfig config, InstantSource clock, RandomGenerator random) {
        this.config = config;
        this.settings = new ConfiguredSettings(config);
        this.clock = clock;
        this.random = random;
        this.uuids = new Uuids(random, clock);
    }

    /**
     * Starts a pod. Nodes that can't be reached don't keep it from starting: {@code /_miroir/ready}
     * says so until they can.
     *
     * @param config valid already
     * @throws IOException if a port or a directory can't be had
     */
    public static Miroir start(MiroirConfig config, InstantSource clock, RandomGenerator random)
            throws IOException {
        Miroir pod = new Miroir(config, clock, random);
        try {
            pod.startParts();
            return pod;
        } catch (IOException | RuntimeException failed) {
            pod.close();
            throw failed;
        }
    }

    private void startParts() throws IOException {
        DefaultExports.register(registry);
        Fleet fleet = ConfiguredNodes.fleet(config);
        ExchangedKeys keys = ExchangedKeys.of(config);
        StoredSecrets secrets = new StoredSecrets(new SealKeys(keys.seals(), new SecureRandom()));
        // They know each other by the node key: all pods have it, and clients never see it.
        Peers peers =
                own(
                        new Peers(
                                config.podId(),
                                StoreOpening.others(config),
                                keys.nodes(),
                                keys.pods()));
        StoreOpening opening =
                new StoreOpening(
                        config,
                        new RaftTaskStore.Surroundings(clock, random, registry, this::onFatal)
                                .keyed(keys.pods())
                                .sealing(secrets),
                        peers,
                        Comparer.WAITS);
        own(opening::stop);
        TaskStore store = own(opening.open(keys));
        DumpDirectory dumps = new DumpDirectory(settings.dumpDir());
        OnlineBackup backups = new OnlineBackup(store, config.dataDir(), clusterId());
        ClusterView view = own(new ClusterView(store, fleet));
        view.start();

        NodeSide side = own(new NodeSide(settings, view, store, keys.nodes(), registry, clock));
        side.start();
        Nodes nodes = side.nodes();
        NodeHealth health = side.health();
        ViewLease lease = own(new ViewLease(config.podId(), store, view, System::nanoTime));
        lease.start();
        Readiness ready = new Readiness(store, view, health, lease::everHeld);
        readiness.set(ready);

        Spooler spooler = settings.spooler();
        LaneContext context =
                new LaneContext(
                        config.podId(),
                        store,
                        view,
                        nodes,
                        health,
                        spooler,
                        settings.laneSettings());
        Reports reports = new Reports(config.podId(), store, view, peers, System::nanoTime);
        SettingsMetrics settingsMetrics = new SettingsMetrics(registry);
        TaskFollower follower =
                own(
                        new TaskFollower(
                                context,
                                new TaskMetrics(registry),
                                new TaskFollower.Rolling(
                                        reports::awaitTold,
                                        settingsMetrics,
                                        settings.settingsLimits())));
        LaneKeeper keeper = own(new LaneKeeper(context, peers, follower));
        WriteJourney writes = new WriteJourney(keeper, peers, spooler);
        CopyContext copies =
                new CopyContext(
                        config.podId(), store, view, nodes, health, keeper, settings.holds());
        LossAcceptance losses = new LossAcceptance(copies, new LossMetrics(registry));
        LaneErrands errands =
                new LaneErrands(
                        writes, Map.of(LossErrand.OPERATION, new LossErrand(losses, reports)));
        // Closed before the lanes are let go.
        own(opening::stop);
        opening.reception().open(ready, errands, new OpenStore(store, backups, dumps::open));
        peers.start();
        follower.start();
        keeper.start();
        lanes.set(keeper);
        new ClusterMetrics(store, view, health, ready, lease).register(registry);
        new LaneMetrics(keeper, follower).register(registry);
        new SettingsGauges(view).register(registry);
        new ReplicaGauges(view).register(registry);
        RebalanceMetrics rebalances = new RebalanceMetrics(view, registry);
        List<PartitionedDuty> partitioned =
                new SharedDuties(config, settings, registry)
                        .over(copies, settingsMetrics, reports::awaitTold, rebalances);
        NodeFeatures features = new NodeFeatures(nodes, registry);
        AppliedWatch applied = own(new AppliedWatch(nodes));
        applied.start();
        Edge.Reads reads =
                new ReadSide(config, registry, clusterId())
                        .over(new SessionPinning.Surroundings(store, view, applied, health), nodes);
        Canceler canceler = new Canceler(store, nodes);
        DumpWork dumping = new DumpWork(store, view, reads.documents(), dumps, registry);
        ExportWork exporting =
                new ExportWork(
                        new ExportWork.Surroundings(config.podId(), store, view, reads.documents()),
                        own(new ExportClient(settings.exportRules())),
                        random,
                        registry);
        List<LeaderDuty> leading =
                List.of(
                        new TopologyRecorder(fleet),
                        new LimitsRecorder(config),
                        new FirstKeys(uuids::random),
                        new FormatRaiser(store, peers),
                        new AbsentListeners(
                                store,
                                Duration.ofSeconds(config.raft().listenerAbsenceS()),
                                System::nanoTime,
                                registry),
                        new NodeLives(nodes, store, side.marks(), uuids::random, registry),
                        features,
                        new ChangeEnd(store, view, reports::awaitTold, rebalances),
                        webhooks(store, reports),
                        new SealDuty(secrets, registry),
                        new TaskDuty(TaskType.DUMP_CREATION, dumping),
                        new TaskDuty(TaskType.EXPORT, exporting),
                        new TaskDuty(TaskType.SNAPSHOT_CREATION, new SnapshotWork(nodes)),
                        new TaskDuty(TaskType.TASK_CANCELATION, canceler::run));
        own(new Duties(config.podId(), store, peers::live, partitioned, leading)).start();

        Edge.Parts parts =
                new Edge.Parts(
                        store,
                        view,
                        new Edge.NodeSide(health, features, canceler, errands),
                        ready,
                        writes,
                        reads,
                        new Edge.Leases(lease, reports));
        startMetricsPort();
        ClusterKeys told = new ClusterKeys(config.podId(), keys::loaded, peers);
        Edge.Backups kept =
                new Edge.Backups(
                        backups, peers::backup, uid -> dumps.open(uid).or(() -> peers.dump(uid)));
        startClientPort(
                parts, keys, new Edge.Operations(kept, opening.doorkeeper(), told, secrets));
        LOG.info("pod {} listens on port {}", config.podId(), port());
    }

    private WebhookDuty webhooks(TaskStore store, Reports reports) {
        return new WebhookDuty(
                own(new WebhookCaller(settings.webhookRules())),
                reports::awaitTold,
                task -> StoredTasks.view(task).toJson(),
                store::nowMicros,
                registry);
    }

    /** Of the state in the data directory; empty for a pod that is alone. */
    private String clusterId() {
        return PodIdentity.read(config.dataDir()).map(own -> own.clusterId().toString()).orElse("");
    }

    private void startClientPort(Edge.Parts parts, ExchangedKeys keys, Edge.Operations operations) {
        Edge.Rules rules = settings.edgeRules(keys);
        HttpServer.Limits limits = settings.httpLimits();
        http.set(
                own(
                        HttpServer.start(
                                config.server().bind(),
                                config.server().port(),
                                limits,
                                random,
                                Edge.handler(parts, rules, registry, clock, uuids, operations))));
    }

    private void startMetricsPort() {
        if (!config.metrics().enabled()) {
            return;
        }
        Exposition exposition = new Exposition(registry);
        metrics.set(
                own(
                        HttpServer.start(
                                config.metrics().bind(),
                                config.metrics().port(),
                                HttpServer.Limits.defaults(),
                                random,
                                request ->
                                        request.rawPath().equals("/metrics")
                                                ? exposition.answer()
                                                : io.miroir.edge.http.Answer.empty(404))));
    }

    private void onFatal(Throwable why) {
        LOG.error("the task store failed: this pod must be restarted", why);
        failure.complete(why);
    }

    /** Comes back when the pod can't go on, and its process should end: with the reason. */
    public Throwable awaitFailure() throws InterruptedException {
        try {
            return failure.get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The client port that is listened on. */
    public int port() {
        HttpServer server = http.get();
        return server == null ? 0 : server.port();
    }

    /** The metrics port that is listened on, 0 if there is none. */
    public int metricsPort() {
        HttpServer server = metrics.get();
        return server == null ? 0 : server.port();
    }

    /**
     * Stops. The order keeps every write whole: begins no more writes in its own lanes and ends
     * those at hand, only then tells the others that its lanes are free; passes on what still
     * comes; takes no further requests and waits for those that run; hands leadership over; closes
     * the store.
     */
    @Override
    public void close() {
        Readiness state = readiness.get();
        if (state != null) {
            state.drain();
            retireLanes();
            state.retire();
        }
        drain();
        while (!started.isEmpty()) {
            AutoCloseable part = started.pop();
            try {
                part.close();
            } catch (Exception failed) {
                // The others must be closed all the same.
                LOG.warn("{} did not close", part.getClass().getSimpleName(), failed);
            }
        }
    }

    private void retireLanes() {
        LaneKeeper keeper = lanes.get();
        if (keeper == null) {
            return;
        }
        try {
            long patienceMillis = config.server().drainTimeoutMs();
            if (!keeper.retire(Duration.ofMillis(patienceMillis))) {
                LOG.warn("a write was still under way after {} ms", patienceMillis);
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }

    private void drain() {
        // Taken away: a port that is closed can't be drained once more.
        HttpServer server = http.getAndSet(null);
        if (server == null) {
            return;
        }
        try {
            if (!server.drain(config.server().drainTimeoutMs())) {
                LOG.warn("requests still ran after {} ms", config.server().drainTimeoutMs());
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }

    private <T extends AutoCloseable> T own(T part) {
        started.push(part);
        return part;
    }
}
