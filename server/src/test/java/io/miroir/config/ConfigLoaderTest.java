package io.miroir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.config.bind.Problem;
import io.miroir.config.bind.Rate;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What loads, from where, and what wins. */
class ConfigLoaderTest {
    static final Map<String, String> KEYS =
            Map.of(
                    "MIROIR_MASTER_KEY", "client-key-of-16-bytes",
                    "MIROIR_NODE_MASTER_KEY", "node-key-of-16-bytes");
    static final String ONE_NODE =
            """
            miroir:
              replication_factor: 1
              nodes:
                - {id: a, address: "http://127.0.0.1:7701"}
            """;

    @TempDir private Path dir;

    /** The plan's blocks, all of them, load as they are; words of Redis warn and say what holds. */
    @Test
    void planLoads() throws URISyntaxException {
        Path plan =
                Path.of(
                        Objects.requireNonNull(getClass().getResource("/config/plan.yaml"))
                                .toURI());
        LoadOutcome.Loaded loaded = loaded(ConfigLoader.load(plan, KEYS, Map.of()));

        MiroirConfig config = loaded.config();
        assertEquals(64, config.shards());
        assertEquals(6, config.nodes().size());
        assertEquals(
                new NodeConfig("meili-5", URI.create("http://meili-5.search.svc:7700"), 1),
                config.nodes().getLast());
        assertEquals(
                Map.of("enterprise-co", 0, "startup-inc", 1), config.tenantAffinity().staticMap());
        assertEquals(CdcConfig.Overflow.PVC, config.cdc().buffer().overflow());
        assertEquals(new Rate(60, 60_000), config.searchUi().rateLimit().perIp());
        assertEquals(6 * 3_600_000L, config.antiEntropy().schedule().intervalMillis());
        assertEquals(
                List.of(
                        "task_store.path",
                        "rebalancer",
                        "cdc.buffer.overflow",
                        "cdc.buffer.redis_bytes",
                        "search_ui.enabled",
                        "search_ui.rate_limit.backend",
                        "search_ui.rate_limit.redis_key_prefix",
                        "search_ui.rate_limit.redis_ttl_s",
                        "task_registry.cache_size",
                        "task_registry.redis_pool_max",
                        "leader_election.lease_ttl_s",
                        "leader_election.renew_interval_s"),
                loaded.warnings().stream()
                        .filter(warning -> !warning.message().endsWith("does not do it yet"))
                        .map(Problem::key)
                        .toList());
    }

    /** What the plan writes out is what holds when nothing is written. */
    @Test
    void defaultsAreThoseOfThePlan() throws IOException, URISyntaxException {
        Path plan =
                Path.of(
                        Objects.requireNonNull(getClass().getResource("/config/plan.yaml"))
                                .toURI());
        MiroirConfig written = loaded(ConfigLoader.load(plan, KEYS, Map.of())).config();
        MiroirConfig defaults = loaded(load(ONE_NODE)).config();

        // All but the largest body: that is as Meilisearch has it, who says it to clients.
        assertEquals(100_000_000, defaults.server().maxBodyBytes());
        String body = ONE_NODE + "  server: {max_body_bytes: 104857600}\n";
        assertEquals(written.server(), loaded(load(body)).config().server());
        assertEquals(written.health(), defaults.health());
        assertEquals(written.scatter(), defaults.scatter());
        assertEquals(written.resharding(), defaults.resharding());
        assertEquals(written.hedging(), defaults.hedging());
        assertEquals(written.replicaSelection(), defaults.replicaSelection());
        assertEquals(written.queryPlanner(), defaults.queryPlanner());
        assertEquals(written.settingsBroadcast(), defaults.settingsBroadcast());
        assertEquals(written.sessionPinning(), defaults.sessionPinning());
        assertEquals(written.aliases(), defaults.aliases());
        assertEquals(written.antiEntropy(), defaults.antiEntropy());
        assertEquals(written.dumpImport(), defaults.dumpImport());
        assertEquals(written.idempotency(), defaults.idempotency());
        assertEquals(written.queryCoalescing(), defaults.queryCoalescing());
        assertEquals(written.multiSearch(), defaults.multiSearch());
        assertEquals(written.vectorSearch(), defaults.vectorSearch());
        assertEquals(written.cdc().buffer(), defaults.cdc().buffer());
        assertEquals(written.ttl(), defaults.ttl());
        assertEquals(written.ilm(), defaults.ilm());
        assertEquals(written.canaryRunner(), defaults.canaryRunner());
        assertEquals(written.adminUi(), defaults.adminUi());
        assertEquals(written.explain(), defaults.explain());
        assertEquals(written.searchUi(), defaults.searchUi());
    }

    /** What the documentation shows can run, without a warning. */
    @Test
    void examplesOfTheDocumentationLoad() {
        Map<String, String> environment = new HashMap<>(KEYS);
        environment.put("POD_NAME", "pod-2");
        environment.put("ADMIN_SESSION_SEAL_KEY", "0123456789abcdef0123456789abcdef");
        Path examples = Path.of("..", "docs", "operations", "examples");

        LoadOutcome three =
                ConfigLoader.load(examples.resolve("three-vms.yaml"), environment, Map.of());
        LoadOutcome single = ConfigLoader.load(examples.resolve("single-pod.yaml"), KEYS, Map.of());

        assertEquals("pod-2", loaded(three).config().podId());
        assertEquals(List.of(), three.warnings());
        assertEquals(List.of(), loaded(single).warnings());
    }

    /** Flags win over the environment, it over the file, the file over defaults. */
    @Test
    void precedence() throws IOException {
        String file = ONE_NODE + "  server: {port: 7001, bind: 127.0.0.1, max_body_bytes: 2048}\n";
        Map<String, String> environment = new HashMap<>(KEYS);
        environment.put("MIROIR__SERVER__PORT", "7002");
        environment.put("MIROIR__SERVER__BIND", "127.0.0.2");
        environment.put("POD_NAME", "miroir-7");

        MiroirConfig config =
                loaded(load(file, environment, Map.of("server.port", "7003"))).config();

        assertEquals(7003, config.server().port());
        assertEquals("127.0.0.2", config.server().bind());
        assertEquals(2048, config.server().maxBodyBytes());
        assertEquals(500, config.server().maxConcurrentRequests());
        assertEquals("miroir-7", config.podId());
    }

    /** Lists and maps in a variable are YAML in one line; no file is needed at all. */
    @Test
    void environmentAlone() {
        Map<String, String> environment = new HashMap<>(KEYS);
        environment.put("MIROIR__NODES", "[{id: a, address: 'http://127.0.0.1:7701'}]");
        environment.put("MIROIR__REPLICATION_FACTOR", "1");
        environment.put("MIROIR__TENANT_AFFINITY__STATIC_MAP", "{acme: 0}");

        MiroirConfig config = loaded(ConfigLoader.load(null, environment, Map.of())).config();

        assertEquals("a", config.nodes().getFirst().id());
        assertEquals(Map.of("acme", 0), config.tenantAffinity().staticMap());
    }

    /** A variable that fits no key is an error as one in the file is. */
    @Test
    void unknownVariable() throws IOException {
        Map<String, String> environment = new HashMap<>(KEYS);
        environment.put("MIROIR__SERVER__PROT", "7002");

        LoadOutcome.Refused refused = refused(load(ONE_NODE, environment, Map.of("shard", "3")));

        assertEquals(
                List.of(
                        "flag --set shard: shard: unknown key; did you mean `shards`?",
                        "environment MIROIR__SERVER__PROT: server.prot: unknown key; did you mean"
                                + " `port`?"),
                refused.errors().stream().map(Problem::toString).toList());
    }

    /** Secrets come from variables and files, and no way of printing shows them. */
    @Test
    void secretsAreNeverShown() throws IOException {
        Path file = Files.writeString(dir.resolve("key"), "admin-key-from-a-file\n");
        String yaml = ONE_NODE + "  admin: {api_key_file: " + file + "}\n";
        Map<String, String> environment = new HashMap<>(KEYS);
        environment.put("SEARCH_UI_JWT_SECRET", "signs-sessions");
        environment.put("MIROIR__ADMIN_UI__SEAL_KEY", "0123456789abcdef0123456789abcdef");
        environment.put("MIROIR_SEAL_KEY", "seals-what-clients-handed-over-0123");

        MiroirConfig config = loaded(load(yaml, environment, Map.of())).config();

        assertEquals("admin-key-from-a-file", config.admin().apiKey().reveal());
        assertEquals("client-key-of-16-bytes", config.masterKey().reveal());
        assertEquals("signs-sessions", config.searchUi().auth().jwtSecretEnv().secret().reveal());
        assertTrue(config.adminUi().sealKey().isSet());
        assertTrue(config.taskStore().sealKey().isSet());
        String printed = config.toString();
        for (String secret :
                List.of("admin-key", "client-key", "node-key", "signs-", "seals-", "0123456")) {
            assertFalse(printed.contains(secret), printed);
        }
    }

    /**
     * An empty section and an explicit null are as if nothing were written, except null for none.
     */
    @Test
    void nothingWritten() throws IOException {
        String yaml =
                ONE_NODE
                        + """
                          health:
                          search_ui:
                            auth:
                              oauth_proxy: {filter_template: null, user_header: null}
                        """;
        MiroirConfig config = loaded(load(yaml)).config();

        assertEquals(5000, config.health().intervalMs());
        assertNull(config.searchUi().auth().oauthProxy().filterTemplate());
        assertEquals("X-Forwarded-User", config.searchUi().auth().oauthProxy().userHeader());
    }

    /** Capabilities say whether they are on in their first key. */
    @Test
    void capabilitiesBeginWithEnabled() {
        List<String> plain =
                List.of(
                        "server",
                        "writes",
                        "raft",
                        "peer",
                        "log",
                        "taskStore",
                        "health",
                        "scatter",
                        "connectionPoolPerNode",
                        "taskRegistry",
                        "peerDiscovery");
        for (var component : MiroirConfig.class.getRecordComponents()) {
            if (component.getType().getSimpleName().endsWith("Config")
                    && !plain.contains(component.getName())) {
                assertEquals(
                        "enabled",
                        component.getType().getRecordComponents()[0].getName(),
                        component.getName());
            }
        }
    }

    private LoadOutcome load(String yaml) throws IOException {
        return load(yaml, KEYS, Map.of());
    }

    private LoadOutcome load(
            String yaml, Map<String, String> environment, Map<String, String> flags)
            throws IOException {
        Path file = Files.writeString(dir.resolve("miroir.yaml"), yaml);
        return ConfigLoader.load(file, environment, flags);
    }

    static LoadOutcome.Loaded loaded(LoadOutcome outcome) {
        return assertInstanceOf(LoadOutcome.Loaded.class, outcome, outcome.toString());
    }

    static LoadOutcome.Refused refused(LoadOutcome outcome) {
        return assertInstanceOf(LoadOutcome.Refused.class, outcome, outcome.toString());
    }
}
