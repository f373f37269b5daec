package io.miroir.config;

import static io.miroir.config.ConfigLoaderTest.KEYS;
import static io.miroir.config.ConfigLoaderTest.loaded;
import static io.miroir.config.ConfigLoaderTest.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.config.bind.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused, and in which words. */
class ConfigErrorsTest {
    private static final String NODE =
            """
            miroir:
              replication_factor: 1
              nodes:
                - {id: a, address: "http://127.0.0.1:7701"}
            """;
    private static final String THREE_PODS =
            NODE
                    + """
                      pod_id: p1
                      peers:
                        - {id: p1, raft: "10.0.0.1:9001", peer: "10.0.0.1:9002"}
                        - {id: p2, raft: "10.0.0.2:9001", peer: "10.0.0.2:9002"}
                        - {id: p3, raft: "10.0.0.3:9001", peer: "10.0.0.3:9002"}
                    """;

    @TempDir private Path dir;

    @Test
    void unknownKeyNamesTheNearest() throws IOException {
        errors(
                NODE + "  health:\n    intervall_ms: 10\n",
                "FILE:6: health.intervall_ms: unknown key; did you mean `interval_ms`?");
    }

    @Test
    void keyOfASectionWrittenAboveIt() throws IOException {
        errors(
                NODE + "  interval_ms: 10\n",
                "FILE:5: interval_ms: unknown key; did you mean `health.interval_ms`?");
    }

    @Test
    void networksThatAreNone() throws IOException {
        for (String key : List.of("export_ip_networks", "webhook_ip_networks")) {
            errors(
                    NODE + "  server:\n    " + key + ": [10.0.0.0/8, host]\n",
                    "FILE:6: server." + key + "[1]: `host`: allowed are networks like 10.0.0.0/8");
        }
    }

    @Test
    void outOfRange() throws IOException {
        errors(
                NODE + "  server:\n    port: 70000\n",
                "FILE:6: server.port: `70000`: allowed is a whole number of 0 to 65535");
    }

    @Test
    void wrongTypes() throws IOException {
        errors(
                NODE
                        + """
                          shards: many
                          scatter: {retry_on_timeout: yes}
                          replica_selection: {strategy: adaptve}
                          metrics: [9090]
                          hedging: {enabled: {a: b}, p95_trigger_multiplier: 0.01}
                          anti_entropy: {schedule: hourly}
                        """,
                "FILE:5: shards: `many`: allowed is a whole number of 1 to 65536",
                "FILE:6: scatter.retry_on_timeout: `yes`: allowed is true or false",
                "FILE:7: replica_selection.strategy: `adaptve`: allowed is adaptive, round_robin,"
                        + " random; did you mean `adaptive`?",
                "FILE:8: metrics: allowed are keys with values",
                "FILE:9: hedging.enabled: allowed is one value, not a list or keys",
                "FILE:9: hedging.p95_trigger_multiplier: `0.01`: allowed is a number of 0.1 to 100",
                "FILE:10: anti_entropy.schedule: `hourly`: allowed is an interval of 1m to 366d,"
                        + " for example every 6h");
    }

    @Test
    void redisIsExplained() throws IOException {
        errors(
                NODE + "  task_store:\n    backend: redis\n    url: redis://host:6379\n",
                "FILE:6: task_store.backend: `redis`: Miroir needs no Redis: the pods replicate the"
                        + " task store themselves. Set task_store.backend to raft and list three or"
                        + " five pods in peers (or sqlite for a single pod), and remove"
                        + " task_store.url",
                "FILE:7: task_store.url: there is no Redis: set backend to raft and list the pods"
                        + " in peers");
    }

    @Test
    void severalPodsNeedWhatTheyShare() throws IOException {
        errors(
                THREE_PODS
                        + """
                          raft: {bind: 0.0.0.0}
                          trusted_peer_network: true
                          search_ui: {rate_limit: {backend: local}}
                          admin_ui: {rate_limit: {backend: local}}
                          leader_election: {enabled: false}
                        """,
                "FILE:10: raft.bind: `0.0.0.0`: who reaches this port can write everything. Allowed"
                        + " is a loopback address, or any with peer.secret_file or"
                        + " peer.cert_file",
                "FILE:12: search_ui.rate_limit.backend: `local` with 3 peers: each would count for"
                        + " itself, and an address could ask that many times as often. Allowed is"
                        + " `shared`",
                "FILE:13: admin_ui.rate_limit.backend: `local` with 3 peers: each would count for"
                        + " itself, and an address could ask that many times as often. Allowed is"
                        + " `shared`",
                "FILE:14: leader_election.enabled: `false`: several pods need a leader",
                "FILE: task_store.backend: `sqlite` with 3 peers: one file can't be shared, several"
                        + " pods need `raft`",
                "FILE: admin_ui.seal_key: missing with several pods: set ADMIN_SESSION_SEAL_KEY or"
                        + " seal_key_file, the same on all, at least 32 bytes");
    }

    @Test
    void autoscalingNeedsThreePodsThatStay() throws IOException {
        errors(
                NODE + "  hpa: {enabled: true, min_replicas: 6, max_replicas: 4}\n",
                "FILE:5: hpa.enabled: `true` with 0 peers: pods come and go only beside at least 3"
                        + " that stay",
                "FILE:5: hpa.min_replicas: `6`: allowed is up to max_replicas, 4");
    }

    /** Rule 24: two pods run, with a warning. */
    @Test
    void twoPodsRunWithAWarning() throws IOException {
        String yaml =
                THREE_PODS.lines().filter(line -> !line.contains("p3")).toList().stream()
                                .map(line -> line + "\n")
                                .reduce("", String::concat)
                        + "  task_store: {backend: raft}\n";
        Map<String, String> environment = new HashMap<>(KEYS);
        environment.put("ADMIN_SESSION_SEAL_KEY", "0123456789abcdef0123456789abcdef");
        Path file = Files.writeString(dir.resolve("two.yaml"), yaml);

        List<Problem> warnings = loaded(ConfigLoader.load(file, environment, Map.of())).warnings();

        assertEquals(
                List.of(file + ":6: peers: 2 pods survive no failure: run 3"),
                warnings.stream().map(Problem::toString).toList());
    }

    /** Nobody should believe that something is done only because it may be written. */
    @Test
    void whatIsNotDoneYetIsWarnedOf() throws IOException {
        Path file =
                Files.writeString(
                        dir.resolve("early.yaml"),
                        NODE
                                + """
                                  hedging: {enabled: true}
                                  cdc: {enabled: false}
                                  query_planner: {enabled: true}
                                  ttl: {sweep_interval_s: 60}
                                  scatter: {retry_on_timeout: false}
                                """);

        List<Problem> warnings = loaded(ConfigLoader.load(file, KEYS, Map.of())).warnings();

        String words = "read and checked, but this version does not do it yet";
        assertEquals(
                List.of(
                        file + ":5: hedging: " + words,
                        file + ":8: ttl: " + words,
                        file
                                + ":9: scatter.retry_on_timeout: `false` has no effect yet: another"
                                + " replica is asked after every failure"),
                warnings.stream().map(Problem::toString).toList());
    }

    @Test
    void podsAreDistinct() throws IOException {
        errors(
                NODE
                        + """
                          pod_id: p9
                          peers:
                            - {id: p1, raft: "10.0.0.1:9001", peer: "10.0.0.1:9002"}
                            - {id: p1, raft: "10.0.0.2:9001", peer: "10.0.0.1:9002"}
                            - {id: p3, raft: "10.0.0.3", peer: "10.0.0.3:9002"}
                        """,
                "FILE:8: peers[1].id: `p1` is the pod id of peers[0] too: each needs its own",
                "FILE:9: peers[2].raft: `10.0.0.3`: allowed is host:port with a port of 1 to 65535,"
                        + " for example pod-0.example:9001 or [::1]:9001");
        errors(
                NODE
                        + """
                          pod_id: p9
                          peers: [{id: p1, raft: "h:1", peer: "h:2"}]
                        """,
                "FILE:5: pod_id: `p9`: allowed is one of the peers, [p1]");
    }

    @Test
    void groupsHaveNodes() throws IOException {
        errors(
                """
                miroir:
                  replica_groups: 2
                  replication_factor: 2
                  nodes:
                    - id: a
                      address: http://127.0.0.1:7701
                    - id: a
                      address: http://127.0.0.1:7702
                      replica_group: 2
                """,
                "FILE:3: replication_factor: `2`: replica group 0 has only 1 nodes: allowed is 1 to"
                        + " 1",
                "FILE:4: nodes: replica group 1 has no node: at least 1 is needed",
                "FILE:7: nodes[1].id: `a` is the node id of nodes[0] too: each needs its own",
                "FILE:9: nodes[1].replica_group: `2`: allowed is 0 to 1, as replica_groups is 2");
        errors(
                NODE.replace("id: a", "id: a/b"),
                "FILE:4: nodes[0].id: `a/b`: an id has letters, and no `/`");
    }

    @Test
    void halfANode() throws IOException {
        errors(
                """
                miroir:
                  replication_factor: 1
                  nodes:
                    - address: meili:7700
                """,
                "FILE:4: nodes[0].id: missing: it must be set",
                "FILE:4: nodes[0].address: allowed is http:// or https:// with host, without user");
    }

    @Test
    void portsDiffer() throws IOException {
        errors(
                NODE + "  server: {port: 9090}\n",
                "FILE: metrics.port: `9090` is server.port too: ports must differ");
    }

    @Test
    void anAbsenceIsLongerThanASilence() throws IOException {
        errors(
                NODE + "  raft: {listener_absence_s: 2}\n",
                "FILE:5: raft.listener_absence_s: `2`: allowed is 0 for never, or more than twice"
                        + " election_timeout_max_ms, 2 s");
    }

    @Test
    void keysRotateBeforeTheyEnd() throws IOException {
        errors(
                NODE
                        + """
                          search_ui:
                            scoped_key_max_age_days: 30
                            scoped_key_rotate_before_expiry_days: 30
                        """,
                "FILE:7: search_ui.scoped_key_rotate_before_expiry_days: `30`: allowed is less than"
                        + " scoped_key_max_age_days, 30, or the key would be replaced without end");
    }

    @Test
    void tenantsHaveGroups() throws IOException {
        errors(
                NODE
                        + """
                          tenant_affinity:
                            static_map: {acme: 1}
                            dedicated_groups: [7]
                        """,
                "FILE:6: tenant_affinity.static_map.acme: `1`: allowed is 0 to 0, as replica_groups"
                        + " is 1",
                "FILE:7: tenant_affinity.dedicated_groups: `7`: allowed is 0 to 0, as replica_groups"
                        + " is 1");
    }

    /** A secret in the file is refused, in words that don't repeat it. */
    @Test
    void secretsDoNotStandInTheFile() throws IOException {
        errors(
                NODE + "  master_key: hunter2hunter2hunter2\n  admin: {api_key: hunter2}\n",
                "FILE:5: master_key: a secret is not taken from here: set MIROIR_MASTER_KEY, or name"
                        + " a file by `master_key_file`",
                "FILE:6: admin.api_key: a secret is not taken from here: set MIROIR_ADMIN_API_KEY,"
                        + " or name a file by `api_key_file`");
        LoadOutcome.Refused flag =
                refused(ConfigLoader.load(null, KEYS, Map.of("admin.api_key", "hunter2")));
        assertTrue(flag.errors().toString().contains("flag --set admin.api_key"));
        assertTrue(!flag.toString().contains("hunter2"));
    }

    @Test
    void masterKeyIsLongEnough() throws IOException {
        Path file = Files.writeString(dir.resolve("short.yaml"), NODE);

        LoadOutcome.Refused tooShort =
                refused(ConfigLoader.load(file, Map.of("MIROIR_MASTER_KEY", "short"), Map.of()));
        LoadOutcome.Refused none = refused(ConfigLoader.load(file, Map.of(), Map.of()));

        assertEquals(
                file + ": master_key: 5 bytes: allowed are 16 or more",
                tooShort.errors().getFirst().toString());
        assertEquals(
                file
                        + ": master_key: missing: set MIROIR_MASTER_KEY or master_key_file, at least"
                        + " 16 bytes (env: development runs open to everyone)",
                none.errors().getFirst().toString());
        loaded(ConfigLoader.load(file, Map.of(), Map.of("env", "development")));
    }

    /** Pods know each other by the node key: without one anybody could pass writes on. */
    @Test
    void severalPodsNeedTheNodeKey() throws IOException {
        Path file =
                Files.writeString(
                        dir.resolve("pods.yaml"), THREE_PODS + "  task_store: {backend: raft}\n");
        Map<String, String> environment =
                Map.of(
                        "MIROIR_MASTER_KEY", "client-key-of-16-bytes",
                        "ADMIN_SESSION_SEAL_KEY", "0123456789abcdef0123456789abcdef");

        assertEquals(
                List.of(
                        file
                                + ": node_master_key: missing with several pods, which know each"
                                + " other by it: set MIROIR_NODE_MASTER_KEY or"
                                + " node_master_key_file"),
                refused(ConfigLoader.load(file, environment, Map.of())).errors().stream()
                        .map(Problem::toString)
                        .toList());
    }

    @Test
    void aSealKeyIsLong() throws IOException {
        Path key = Files.writeString(dir.resolve("seal"), "too-short\n");
        errors(
                NODE + "  task_store: {seal_key_file: " + key + "}\n",
                "FILE: task_store.seal_key: 9 bytes: allowed are 32 or more");
    }

    @Test
    void notYaml() throws IOException {
        errors("miroir:\n  shards: [1,\n", "FILE:2: not YAML: while parsing a flow node");
        errors(
                "shards: 3\n",
                "FILE:1: unknown top key `shards`: everything stands below `miroir:`");
        errors("- a\n", "FILE: allowed is one top key, `miroir:`, with everything below it");
        errors(NODE + "  shards: 3\n  shards: 4\n", "FILE:6: shards: set twice: also FILE:5");
    }

    @Test
    void noFile() {
        Path missing = dir.resolve("missing.yaml");
        assertEquals(
                List.of(missing + ": no such file"),
                refused(ConfigLoader.load(missing, KEYS, Map.of())).errors().stream()
                        .map(Problem::toString)
                        .toList());
    }

    private void errors(String yaml, String... expected) throws IOException {
        Path file = Files.writeString(dir.resolve("miroir.yaml"), yaml);
        LoadOutcome outcome = ConfigLoader.load(file, KEYS, Map.of());
        List<String> messages =
                refused(outcome).errors().stream()
                        .map(p -> p.toString().replace(file.toString(), "FILE"))
                        .toList();
        assertEquals(String.join("\n", expected), String.join("\n", messages));
    }
}
