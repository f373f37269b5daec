package io.miroir.config;

import io.miroir.api.IpNetwork;
import io.miroir.config.bind.Secret;
import io.miroir.core.layout.Layout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** What must hold between keys, one subject a method; {@link PodRules} has those of the pods. */
final class Rules {
    /** Half of the 64 that the plan recommends: still as strong as its HMAC. */
    static final int SEAL_KEY_BYTES_MIN = 32;

    /** Less than this, and settings and deletions of an ordinary size find no room. */
    static final long JSON_MEMORY_BYTES_MIN = 8 << 20;

    private Rules() {}

    static void check(MiroirConfig config, RuleReport report) {
        PodRules.check(config, report);
        nodes(config, report);
        timing(config, report);
        tenants(config, report);
        capabilities(config, report);
        pages(config, report);
        bodies(config, report);
        networks(config, report);
        NotYet.check(config, report);
    }

    private static void nodes(MiroirConfig config, RuleReport report) {
        List<NodeConfig> nodes = config.nodes();
        distinct("node id", "nodes", "id", nodes, NodeConfig::id, report);
        distinct("address", "nodes", "address", nodes, n -> n.address().toString(), report);
        int groups = config.replicaGroups();
        int[] sizes = new int[groups];
        for (int i = 0; i < nodes.size(); i++) {
            if (!Layout.isNodeId(nodes.get(i).id())) {
                report.error(
                        "nodes[" + i + "].id",
                        "`" + nodes.get(i).id() + "`: an id has letters, and no `/`");
            }
            int group = nodes.get(i).replicaGroup();
            if (group < groups) {
                sizes[group]++;
            } else {
                report.error(
                        "nodes[" + i + "].replica_group",
                        "`" + group + "`: " + groupRange(groups),
                        "replica_groups");
            }
        }
        for (int group = 0; group < groups; group++) {
            if (sizes[group] == 0) {
                report.error(
                        "nodes",
                        "replica group " + group + " has no node: at least 1 is needed",
                        "replica_groups");
            } else if (sizes[group] < config.replicationFactor()) {
                report.error(
                        "replication_factor",
                        "`"
                                + config.replicationFactor()
                                + "`: replica group "
                                + group
                                + " has only "
                                + sizes[group]
                                + " nodes: allowed is 1 to "
                                + sizes[group],
                        "nodes",
                        "replica_groups");
            }
        }
    }

    private static void bodies(MiroirConfig config, RuleReport report) {
        ServerConfig server = config.server();
        if (server.jsonMemoryBytes() != 0 && server.jsonMemoryBytes() < JSON_MEMORY_BYTES_MIN) {
            report.error(
                    "server.json_memory_bytes",
                    "`"
                            + server.jsonMemoryBytes()
                            + "`: allowed are "
                            + JSON_MEMORY_BYTES_MIN
                            + " or more, or 0 for a quarter of the heap");
        }
        if (server.jsonMemoryBytes() > Runtime.getRuntime().maxMemory()) {
            report.warn(
                    "server.json_memory_bytes",
                    "`" + server.jsonMemoryBytes() + "`: more than the whole heap");
        }
    }

    private static void networks(MiroirConfig config, RuleReport report) {
        networks("server.export_ip_networks", config.server().exportIpNetworks(), report);
        networks("server.webhook_ip_networks", config.server().webhookIpNetworks(), report);
    }

    private static void networks(String key, List<String> networks, RuleReport report) {
        for (int i = 0; i < networks.size(); i++) {
            if (IpNetwork.parse(networks.get(i)).isEmpty()) {
                report.error(
                        key + "[" + i + "]",
                        "`" + networks.get(i) + "`: allowed are networks like 10.0.0.0/8");
            }
        }
    }

    private static String groupRange(int groups) {
        return "allowed is 0 to " + (groups - 1) + ", as replica_groups is " + groups;
    }

    static void tooShort(
            RuleReport report, boolean production, String key, Secret secret, int bytesMin) {
        String message = secret.bytes() + " bytes: allowed are " + bytesMin + " or more";
        if (production) {
            report.error(key, message, "env");
        } else {
            report.warn(key, message);
        }
    }

    /** Says which names are given twice. */
    static <T> void distinct(
            String what,
            String section,
            String key,
            List<T> items,
            Function<T, String> name,
            RuleReport report) {
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < items.size(); i++) {
            Integer earlier = seen.putIfAbsent(name.apply(items.get(i)), i);
            if (earlier != null) {
                report.error(
                        section + "[" + i + "]." + key,
                        "`"
                                + name.apply(items.get(i))
                                + "` is the "
                                + what
                                + " of "
                                + section
                                + "["
                                + earlier
                                + "] too: each needs its own");
            }
        }
    }

    private static void timing(MiroirConfig config, RuleReport report) {
        RaftConfig raft = config.raft();
        if (raft.electionTimeoutMinMs() >= raft.electionTimeoutMaxMs()) {
            report.error(
                    "raft.election_timeout_min_ms",
                    below(
                            raft.electionTimeoutMinMs(),
                            "election_timeout_max_ms",
                            raft.electionTimeoutMaxMs()),
                    "raft.election_timeout_max_ms");
        }
        long silentS = Math.ceilDiv(2 * raft.electionTimeoutMaxMs(), 1_000L);
        if (raft.listenerAbsenceS() != 0 && raft.listenerAbsenceS() <= silentS) {
            report.error(
                    "raft.listener_absence_s",
                    "`"
                            + raft.listenerAbsenceS()
                            + "`: allowed is 0 for never, or more than twice"
                            + " election_timeout_max_ms, "
                            + silentS
                            + " s",
                    "raft.election_timeout_max_ms");
        }
        HealthConfig health = config.health();
        if (health.timeoutMs() > health.intervalMs()) {
            report.error(
                    "health.timeout_ms",
                    "`"
                            + health.timeoutMs()
                            + "`: allowed is up to interval_ms, "
                            + health.intervalMs(),
                    "health.interval_ms");
        }
        ConnectionPoolConfig pool = config.connectionPoolPerNode();
        if (pool.maxIdle() > pool.maxTotal()) {
            report.error(
                    "connection_pool_per_node.max_idle",
                    "`" + pool.maxIdle() + "`: allowed is up to max_total, " + pool.maxTotal(),
                    "connection_pool_per_node.max_total");
        }
    }

    private static String below(long value, String limitKey, long limit) {
        return "`" + value + "`: allowed is less than " + limitKey + ", " + limit;
    }

    private static void tenants(MiroirConfig config, RuleReport report) {
        TenantAffinityConfig tenants = config.tenantAffinity();
        if (!tenants.enabled()) {
            return;
        }
        int groups = config.replicaGroups();
        tenants.staticMap()
                .forEach(
                        (tenant, group) -> {
                            if (group < 0 || group >= groups) {
                                report.error(
                                        "tenant_affinity.static_map." + tenant,
                                        "`" + group + "`: " + groupRange(groups),
                                        "replica_groups");
                            }
                        });
        for (int group : tenants.dedicatedGroups()) {
            if (group < 0 || group >= groups) {
                report.error(
                        "tenant_affinity.dedicated_groups",
                        "`" + group + "`: " + groupRange(groups),
                        "replica_groups");
            }
        }
        if (groups > 1 && Set.copyOf(tenants.dedicatedGroups()).size() == groups) {
            report.error(
                    "tenant_affinity.dedicated_groups",
                    "all " + groups + " groups: one must be left for everybody else",
                    "replica_groups");
        }
    }

    private static void capabilities(MiroirConfig config, RuleReport report) {
        if (config.cdc().enabled()
                && config.cdc().buffer().primary() == CdcConfig.Primary.MEMORY
                && config.cdc().buffer().overflow() == CdcConfig.Overflow.PVC
                && config.cdc().buffer().overflowBytes() == 0) {
            report.error(
                    "cdc.buffer.overflow_bytes", "`0` with overflow: pvc: write overflow: drop");
        }
        DumpImportConfig dump = config.dumpImport();
        if (dump.memoryBufferBytes() > dump.chunkSizeBytes()) {
            report.warn(
                    "dump_import.memory_buffer_bytes",
                    "more than chunk_size_bytes is never used",
                    "dump_import.chunk_size_bytes");
        }
        List<ShadowConfig.Target> targets = config.shadow().targets();
        distinct("name", "shadow.targets", "name", targets, ShadowConfig.Target::name, report);
        MultiSearchConfig batch = config.multiSearch();
        if (batch.perQueryTimeoutMs() > batch.totalTimeoutMs()) {
            report.error(
                    "multi_search.per_query_timeout_ms",
                    "`"
                            + batch.perQueryTimeoutMs()
                            + "`: allowed is up to total_timeout_ms, "
                            + batch.totalTimeoutMs(),
                    "multi_search.total_timeout_ms");
        }
    }

    private static void pages(MiroirConfig config, RuleReport report) {
        SearchUiConfig search = config.searchUi();
        if (search.enabled()) {
            if (search.scopedKeyRotateBeforeExpiryDays() >= search.scopedKeyMaxAgeDays()) {
                report.error(
                        "search_ui.scoped_key_rotate_before_expiry_days",
                        below(
                                        search.scopedKeyRotateBeforeExpiryDays(),
                                        "scoped_key_max_age_days",
                                        search.scopedKeyMaxAgeDays())
                                + ", or the key would be replaced without end",
                        "search_ui.scoped_key_max_age_days");
            }
            sharedLimit(config, search.rateLimit(), "search_ui", report);
            searchSecrets(search.auth(), report);
        }
        AdminUiConfig admin = config.adminUi();
        if (!admin.enabled()) {
            return;
        }
        sharedLimit(config, admin.rateLimit(), "admin_ui", report);
        Secret seal = admin.sealKey();
        if (config.severalPods() && !seal.isSet()) {
            report.error(
                    "admin_ui.seal_key",
                    "missing with several pods: set ADMIN_SESSION_SEAL_KEY or seal_key_file, the"
                            + " same on all, at least "
                            + SEAL_KEY_BYTES_MIN
                            + " bytes",
                    "peers");
        } else if (seal.isSet() && seal.bytes() < SEAL_KEY_BYTES_MIN) {
            tooShort(report, true, "admin_ui.seal_key", seal, SEAL_KEY_BYTES_MIN);
        }
        if (admin.auth() == AdminUiConfig.Auth.NONE
                && config.env() == MiroirConfig.Environment.PRODUCTION) {
            report.error("admin_ui.auth", "`none`: allowed in env: development only", "env");
        }
    }

    private static void sharedLimit(
            MiroirConfig config, RateLimitConfig limit, String page, RuleReport report) {
        if (config.severalPods() && limit.backend() == RateLimitConfig.Backend.LOCAL) {
            report.error(
                    page + ".rate_limit.backend",
                    "`local` with "
                            + config.peers().size()
                            + " peers: each would count for itself, and an address could ask that"
                            + " many times as often. Allowed is `shared`",
                    "peers");
        }
    }

    private static void searchSecrets(SearchUiConfig.Auth auth, RuleReport report) {
        if (auth.mode() == SearchUiConfig.Mode.SHARED_KEY
                && !auth.sharedKeyEnv().secret().isSet()) {
            report.error(
                    "search_ui.auth.shared_key_env",
                    "names no variable that is set: mode shared_key needs one",
                    "search_ui.auth.mode");
        }
        if (!auth.jwtSecretEnv().secret().isSet() && report.isWritten("search_ui.enabled")) {
            report.warn(
                    "search_ui.enabled",
                    "the search page stays off: "
                            + auth.jwtSecretEnv().variable()
                            + " is not set (search_ui.auth.jwt_secret_env)");
        }
    }
}
