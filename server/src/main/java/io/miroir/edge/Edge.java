package io.miroir.edge;

import io.miroir.api.Uuids;
import io.miroir.api.keys.KeyDesk;
import io.miroir.capability.leader.features.NodeFeatures;
import io.miroir.capability.partitioned.antientropy.AntiEntropyReport;
import io.miroir.capability.stateless.session.SessionPinning;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Readiness;
import io.miroir.cluster.StoredNetwork;
import io.miroir.cluster.StoredRules;
import io.miroir.cluster.SwitchedFeatures;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.cluster.lease.Reports;
import io.miroir.cluster.lease.ViewLease;
import io.miroir.cluster.member.Doorkeeper;
import io.miroir.cluster.peer.ClusterKeys;
import io.miroir.cluster.seal.StoredSecrets;
import io.miroir.config.MiroirConfig;
import io.miroir.config.MultiSearchConfig;
import io.miroir.edge.http.BodyBudget;
import io.miroir.edge.http.Handler;
import io.miroir.edge.http.Router;
import io.miroir.edge.http.Router.Route;
import io.miroir.edge.shared.KeyRoutes;
import io.miroir.edge.shared.WebhookRoutes;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.lane.Canceler;
import io.miroir.fanout.lane.LaneErrands;
import io.miroir.fanout.lane.WriteJourney;
import io.miroir.fanout.read.AliasSearch;
import io.miroir.fanout.read.DocumentReads;
import io.miroir.fanout.read.FederatedJourney;
import io.miroir.fanout.read.ForeignDocuments;
import io.miroir.fanout.read.SearchJourney;
import io.miroir.fanout.read.StatsReads;
import io.miroir.store.TaskStore;
import io.miroir.store.backup.BackupStream;
import io.miroir.store.backup.OnlineBackup;
import io.prometheus.client.CollectorRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All routes of a pod. */
public final class Edge {
    private Edge() {}

    /**
     * Who may ask, and how much at a time.
     *
     * @param masterKeys of clients, all are good; none opens their routes
     * @param adminKeys of operators, all are good; none closes their routes
     * @param offered routes that can be left out
     * @param slots requests worked on at a time
     * @param staleReads true if reads of a pod without a view lease are answered and say so; false
     *     if they are refused
     * @param limits of bodies that are wholly in memory
     * @param multiSearch of requests with several queries
     */
    public record Rules(
            Supplier<List<String>> masterKeys,
            Supplier<List<String>> adminKeys,
            Offered offered,
            Slots slots,
            boolean staleReads,
            BodyLimits limits,
            MultiSearchConfig multiSearch) {}

    /**
     * What operators do by way of this pod.
     *
     * @param backups of the cluster's state
     * @param doorkeeper looks after the members; null for a pod that is alone
     * @param keys which all pods know
     * @param secrets of clients, in the store
     */
    public record Operations(
            Backups backups,
            @Nullable Doorkeeper doorkeeper,
            ClusterKeys keys,
            StoredSecrets secrets) {}

    /**
     * Where backups are made, and dumps are kept.
     *
     * @param own of this pod's store
     * @param others asked where this pod cannot make one: a backup of another pod, if one makes it
     * @param dumps a dump by its uid, from any pod that has it
     */
    public record Backups(
            OnlineBackup own,
            Supplier<Optional<BackupStream>> others,
            Function<String, Optional<BackupStream>> dumps) {}

    /**
     * Requests worked on at a time. Each kind has its own: writes that wait for a slow node keep no
     * search out, nor searches a write.
     *
     * @param writes of documents, indexes and settings
     * @param others searches and everything else
     */
    public record Slots(int writes, int others) {}

    /**
     * Routes that a configuration leaves out; they are then unknown.
     *
     * @param admin those of the operator; whether the pod is ready is told all the same
     * @param multiSearch several searches in one request
     * @param otherSettings changes of settings; they can be read all the same
     * @param aliases names that stand for indexes
     * @param aliasTargetsMustExist whether an alias to an index that is not there is refused
     * @param antiEntropy comparing replicas
     * @param repair whether replicas are brought back; without it the nodes can't change
     */
    public record Offered(
            boolean admin,
            boolean multiSearch,
            boolean otherSettings,
            boolean aliases,
            boolean aliasTargetsMustExist,
            boolean antiEntropy,
            boolean repair) {
        /** What a configuration offers. */
        public static Offered of(MiroirConfig config) {
            return new Offered(
                    config.admin().enabled(),
                    config.multiSearch().enabled(),
                    config.settingsBroadcast().enabled(),
                    config.aliases().enabled(),
                    config.aliases().requireTargetExists(),
                    config.antiEntropy().enabled(),
                    config.replicaRepair().enabled());
        }
    }

    /**
     * What JSON bodies may hold. Documents are read as a stream and have the server's limit.
     *
     * @param searchBytesMax a search, a page of documents
     * @param jsonBytesMax settings, indexes, ids to delete
     * @param memory all of them together, with what is read of them
     */
    public record BodyLimits(long searchBytesMax, long jsonBytesMax, BodyBudget.Limits memory) {}

    /** What routes lead to. */
    public record Parts(
            TaskStore store,
            ClusterView view,
            NodeSide nodes,
            Readiness readiness,
            WriteJourney writes,
            Reads reads,
            Leases leases) {}

    /** What is known of nodes, and what they are made to have. */
    public record NodeSide(
            NodeHealth health, NodeFeatures features, Canceler canceler, LaneErrands errands) {}

    /** How new reads are, and what may be told. */
    public record Leases(ViewLease view, Reports reports) {}

    /** The ways to read, what reads must see, and what they may take. */
    public record Reads(
            SearchJourney searches,
            FederatedJourney federated,
            DocumentReads documents,
            StatsReads stats,
            SessionPinning sessions,
            AnswerBudget answers) {}

    /**
     * The one handler of the client port.
     *
     * @param uuids of what clients create
     */
    public static Handler handler(
            Parts parts,
            Rules rules,
            CollectorRegistry registry,
            InstantSource clock,
            Uuids uuids,
            Operations operations) {
        return Router.of(routes(parts, rules, registry, clock, uuids, operations));
    }

    /** What the handler serves, behind the gate. */
    static List<Route> routes(
            Parts parts,
            Rules rules,
            CollectorRegistry registry,
            InstantSource clock,
            Uuids uuids,
            Operations operations) {
        Leases leases = parts.leases();
        // Keys expire by the store's time, at the same moment on all pods.
        InstantSource storeTime = () -> StoreTime.instant(parts.store().nowMicros());
        Auth auth =
                new Auth(
                        rules.masterKeys(),
                        rules.adminKeys(),
                        master -> new ClientKeys(parts.view()::keys, leases.view()::valid, master),
                        storeTime);
        Reads reads = parts.reads();
        AliasMetrics aliases =
                new AliasMetrics(name -> parts.view().alias(name).isPresent()).register(registry);
        RequestPath path =
                new RequestPath(
                        auth,
                        parts.view(),
                        parts.writes(),
                        reads.sessions(),
                        reads.answers(),
                        new RequestPath.Bodies(
                                rules.limits(), new BodyBudget(rules.limits().memory(), registry)),
                        new RequestPath.Counts(aliases, new IdempotencyMetrics(registry)));
        SwitchedFeatures switched = new SwitchedFeatures(parts.store());
        StoredNetwork network = new StoredNetwork(parts.store());
        List<Route> routes = new ArrayList<>();
        routes.addAll(new SystemRoutes(path, parts.view(), parts.readiness(), reads).routes());
        routes.addAll(new IndexRoutes(path, parts.view(), reads).routes());
        routes.addAll(new SwapRoutes(path, parts.store().tasks()).routes());
        QueryMetadata metadata = new QueryMetadata(reads.searches(), uuids);
        ForeignDocuments foreign =
                new ForeignDocuments(reads.searches(), reads.documents(), switched::now);
        routes.addAll(
                new DocumentRoutes(path, reads.documents(), switched, network, foreign.filters())
                        .routes());
        routes.addAll(
                new SearchRoutes(
                                path,
                                reads.searches(),
                                new AliasSearch(reads.federated()),
                                metadata,
                                foreign,
                                network)
                        .routes());
        if (rules.offered().multiSearch()) {
            routes.addAll(
                    new MultiSearchRoutes(
                                    path,
                                    reads,
                                    metadata,
                                    foreign,
                                    QueryBatch.Limits.of(rules.multiSearch()),
                                    new MultiSearchMetrics(registry),
                                    network)
                            .routes());
        }
        routes.addAll(
                new SettingsRoutes(
                                path, reads.searches(), rules.offered().otherSettings(), switched)
                        .routes());
        Reports reports = leases.reports();
        Canceler canceler = parts.nodes().canceler();
        NamedTasks named =
                new NamedTasks(
                        parts.store().tasks(),
                        () -> parts.store().status().leaderId() != null,
                        parts.view()::catchUp);
        routes.addAll(
                new TaskRoutes(path, parts.store(), named, canceler, reports, switched).routes());
        routes.addAll(
                new WebhookRoutes(
                                path,
                                new WebhookKeeper(parts.store().webhooks(), reports),
                                uuids::random)
                        .routes());
        routes.addAll(new FeatureRoutes(path, switched, parts.nodes(), reports).routes());
        CollectorRegistry theirs = new CollectorRegistry();
        theirs.register(new MeilisearchMetrics(parts.view(), reads, parts.store(), registry));
        routes.addAll(new ExperimentalRoutes(path, switched, new Exposition(theirs)).routes());
        routes.addAll(new RenderRoutes(path, switched, reads.documents()).routes());
        routes.addAll(new NetworkRoutes(path, switched, network, reports, uuids).routes());
        StoredRules searchRules = new StoredRules(parts.store());
        routes.addAll(
                new RuleRoutes(
                                path,
                                switched,
                                searchRules,
                                reports,
                                parts.store().tasks(),
                                new RuleMetrics(searchRules::now).register(registry))
                        .routes());
        routes.addAll(new ChatRoutes(path, switched).routes());
        routes.addAll(new DumpRoutes(path, parts.store().tasks()).routes());
        KeyKeeper keeper = new KeyKeeper(parts.store().apiKeys(), parts.view(), reports);
        routes.addAll(
                new KeyRoutes(path, new KeyDesk(keeper, auth.values(), storeTime, uuids::random))
                        .routes());
        if (rules.offered().admin()) {
            routes.addAll(operators(auth, parts, rules, registry, clock, operations, aliases));
        }
        Gate gate = new Gate(rules.slots(), new EdgeMetrics(registry));
        StaleView stale = new StaleView(leases.view()::valid, rules.staleReads());
        return routes.stream()
                .map(route -> SessionHeaders.echoed(route, parts.reads().sessions()))
                .map(stale::guarded)
                .map(gate::guarded)
                .toList();
    }

    private static List<Route> operators(
            Auth auth,
            Parts parts,
            Rules rules,
            CollectorRegistry registry,
            InstantSource clock,
            Operations operations,
            AliasMetrics aliases) {
        List<Route> routes = new ArrayList<>();
        routes.addAll(
                new AdminRoutes(
                                auth,
                                parts.store(),
                                parts.view(),
                                parts.nodes().health(),
                                parts.readiness(),
                                new Exposition(registry),
                                clock)
                        .routes());
        routes.add(
                new TopologyPlanRoute(auth, parts.view(), parts.nodes().health(), parts.reads())
                        .route());
        TopologyChanges changes =
                new TopologyChanges(
                        parts.store(),
                        parts.view(),
                        parts.nodes().health(),
                        parts.leases().reports(),
                        rules.offered().repair());
        routes.add(new NodeAddressRoute(auth, changes).route());
        routes.add(new ShardLossRoute(auth, parts.nodes().errands()).route());
        routes.addAll(
                new TopologyRoutes(auth, parts.view(), parts.nodes().health(), changes).routes());
        if (rules.offered().aliases()) {
            routes.addAll(
                    new AliasRoutes(
                                    auth,
                                    parts.store().aliases(),
                                    parts.view(),
                                    parts.leases().reports(),
                                    rules.offered().aliasTargetsMustExist(),
                                    aliases)
                            .routes());
        }
        if (rules.offered().antiEntropy()) {
            AntiEntropyReport report = new AntiEntropyReport(parts.store(), parts.view());
            routes.addAll(new AntiEntropyRoutes(auth, report).routes());
        }
        routes.addAll(new BackupRoutes(auth, operations.backups()).routes());
        routes.addAll(
                new ClusterRoutes(
                                auth,
                                parts.store(),
                                operations.doorkeeper(),
                                operations.keys(),
                                operations.secrets())
                        .routes());
        return routes;
    }
}
