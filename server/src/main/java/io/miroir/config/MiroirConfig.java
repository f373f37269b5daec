package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Env;
import io.miroir.config.bind.Former;
import io.miroir.config.bind.Range;
import io.miroir.config.bind.Secret;
import java.nio.file.Path;
import java.util.List;

/**
 * The whole configuration of a pod, as {@link ConfigLoader} reads and checks it.
 *
 * @param env development allows what production refuses
 * @param podId name of this pod, never its address
 * @param dataDir everything that this pod keeps
 * @param masterKey what clients show
 * @param nodeMasterKey what nodes are shown
 * @param shards parts that an index is cut into, for indexes made from now on
 * @param replicationFactor copies of a shard in each group
 * @param replicaGroups full copies of everything
 * @param nodes the Meilisearch servers
 * @param peers the pods that form the group; none or one is a single pod
 * @param server port 7700
 * @param writes what of them goes together
 * @param raft port 9001
 * @param peer port 9002
 * @param metrics port 9090
 * @param log what is logged
 * @param tracing what is traced
 * @param taskStore what pods remember together
 * @param admin the operator's routes
 * @param health how nodes are watched
 * @param scatter how requests are spread
 * @param replicaRepair how replicas come back
 * @param connectionPoolPerNode connections to nodes
 * @param taskRegistry tasks kept
 * @param peerDiscovery how further pods are found
 * @param leaderElection the one pod for singular work
 * @param hpa the autoscaler
 * @param resharding capability 1
 * @param hedging capability 2
 * @param replicaSelection capability 3
 * @param queryPlanner capability 4
 * @param settingsBroadcast capability 5
 * @param settingsDriftCheck capability 5, its watch
 * @param sessionPinning capability 6
 * @param aliases capability 7
 * @param antiEntropy capability 8
 * @param dumpImport capability 9
 * @param idempotency capability 10
 * @param queryCoalescing capability 10, for searches
 * @param multiSearch capability 11
 * @param vectorSearch capability 12
 * @param cdc capability 13
 * @param ttl capability 14
 * @param tenantAffinity capability 15
 * @param shadow capability 16
 * @param ilm capability 17
 * @param canaryRunner capability 18
 * @param adminUi capability 19
 * @param explain capability 20
 * @param searchUi capability 21
 */
@Former(
        value = "rebalancer",
        why =
                "has no effect: shards move when the nodes are changed, and come back to a node that"
                        + " returned, as fast as replica_repair says")
@Former(
        value = "trusted_peer_network",
        why =
                "has no effect: the pods' ports open beyond loopback with peer.secret_file or"
                        + " peer.cert_file only")
public record MiroirConfig(
        @Default("production") Environment env,
        @Default("miroir-0") @Env("POD_NAME") String podId,
        @Default("miroir-data") Path dataDir,
        @Env("MIROIR_MASTER_KEY") Secret masterKey,
        @Env("MIROIR_NODE_MASTER_KEY") Secret nodeMasterKey,
        @Default("64") @Range(min = 1, max = 65536) int shards,
        @Default("2") @Range(min = 1, max = 16) int replicationFactor,
        @Default("1") @Range(min = 1, max = 1024) int replicaGroups,
        @Range(min = 0, max = 4096) List<NodeConfig> nodes,
        @Range(min = 0, max = 5) List<PeerAddress> peers,
        ServerConfig server,
        WritesConfig writes,
        RaftConfig raft,
        PeerConfig peer,
        MetricsConfig metrics,
        LogConfig log,
        TracingConfig tracing,
        TaskStoreConfig taskStore,
        AdminConfig admin,
        HealthConfig health,
        ScatterConfig scatter,
        ReplicaRepairConfig replicaRepair,
        ConnectionPoolConfig connectionPoolPerNode,
        TaskRegistryConfig taskRegistry,
        PeerDiscoveryConfig peerDiscovery,
        LeaderElectionConfig leaderElection,
        HpaConfig hpa,
        ReshardingConfig resharding,
        HedgingConfig hedging,
        ReplicaSelectionConfig replicaSelection,
        QueryPlannerConfig queryPlanner,
        SettingsBroadcastConfig settingsBroadcast,
        SettingsDriftCheckConfig settingsDriftCheck,
        SessionPinningConfig sessionPinning,
        AliasesConfig aliases,
        AntiEntropyConfig antiEntropy,
        DumpImportConfig dumpImport,
        IdempotencyConfig idempotency,
        QueryCoalescingConfig queryCoalescing,
        MultiSearchConfig multiSearch,
        VectorSearchConfig vectorSearch,
        CdcConfig cdc,
        TtlConfig ttl,
        TenantAffinityConfig tenantAffinity,
        ShadowConfig shadow,
        IlmConfig ilm,
        CanaryRunnerConfig canaryRunner,
        AdminUiConfig adminUi,
        ExplainConfig explain,
        SearchUiConfig searchUi) {

    /** What a configuration is for. */
    public enum Environment {
        PRODUCTION,
        /** Without a master key everything is open, as on a Meilisearch server in development. */
        DEVELOPMENT
    }

    /** Whether several pods form a group. */
    public boolean severalPods() {
        return peers.size() > 1;
    }
}
