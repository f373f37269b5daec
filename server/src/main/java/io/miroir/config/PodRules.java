package io.miroir.config;

import io.miroir.config.bind.Secret;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** What must hold for a pod to stand beside others: keys, names, the store they share, ports. */
final class PodRules {
    /** As Meilisearch asks of its master key in production. */
    static final int MASTER_KEY_BYTES_MIN = 16;

    private PodRules() {}

    static void check(MiroirConfig config, RuleReport report) {
        keys(config, report);
        pods(config, report);
        taskStore(config, report);
        ports(config, report);
    }

    private static void keys(MiroirConfig config, RuleReport report) {
        Secret master = config.masterKey();
        boolean production = config.env() == MiroirConfig.Environment.PRODUCTION;
        if (master.isSet() && master.bytes() < MASTER_KEY_BYTES_MIN) {
            Rules.tooShort(report, production, "master_key", master, MASTER_KEY_BYTES_MIN);
        } else if (!master.isSet() && production) {
            report.error(
                    "master_key",
                    "missing: set MIROIR_MASTER_KEY or master_key_file, at least "
                            + MASTER_KEY_BYTES_MIN
                            + " bytes (env: development runs open to everyone)",
                    "env");
        } else if (!master.isSet()) {
            report.warn("master_key", "missing: every route is open to everyone");
        }
        if (!config.nodeMasterKey().isSet() && config.severalPods()) {
            report.error(
                    "node_master_key",
                    "missing with several pods, which know each other by it: set"
                            + " MIROIR_NODE_MASTER_KEY or node_master_key_file",
                    "peers");
        } else if (!config.nodeMasterKey().isSet() && production) {
            report.warn("node_master_key", "missing: only nodes without a master key will answer");
        }
        if (master.isSet() && master.reveal().equals(config.nodeMasterKey().reveal())) {
            report.warn("node_master_key", "equals master_key: one leaked client key opens nodes");
        }
    }

    private static void pods(MiroirConfig config, RuleReport report) {
        List<PeerAddress> peers = config.peers();
        Rules.distinct("pod id", "peers", "id", peers, PeerAddress::id, report);
        List<String> addresses = new ArrayList<>();
        for (PeerAddress peer : peers) {
            addresses.add(peer.raft().toString());
            addresses.add(peer.peer().toString());
        }
        Set<String> seen = new HashSet<>();
        for (String address : addresses) {
            if (!seen.add(address)) {
                report.error("peers", "`" + address + "` is given twice: each port is one pod's");
            }
        }
        List<String> ids = peers.stream().map(PeerAddress::id).toList();
        if (!peers.isEmpty() && !ids.contains(config.podId())) {
            report.error(
                    "pod_id",
                    "`" + config.podId() + "`: allowed is one of the peers, " + ids,
                    "peers");
        }
        if (peers.size() == 2) {
            report.warn("peers", "2 pods survive no failure: run 3");
        } else if (peers.size() == 4) {
            report.warn("peers", "4 pods survive one failure, as 3 do: run 3 or 5");
        }
        if (config.severalPods() && !config.leaderElection().enabled()) {
            report.error("leader_election.enabled", "`false`: several pods need a leader", "peers");
        }
        autoscaling(config, report);
    }

    private static void autoscaling(MiroirConfig config, RuleReport report) {
        HpaConfig hpa = config.hpa();
        if (!hpa.enabled()) {
            return;
        }
        if (config.peers().size() < 3) {
            report.error(
                    "hpa.enabled",
                    "`true` with "
                            + config.peers().size()
                            + " peers: pods come and go only beside at least 3 that stay",
                    "peers");
        }
        if (hpa.minReplicas() > hpa.maxReplicas()) {
            report.error(
                    "hpa.min_replicas",
                    "`"
                            + hpa.minReplicas()
                            + "`: allowed is up to max_replicas, "
                            + hpa.maxReplicas(),
                    "hpa.max_replicas");
        }
    }

    private static void taskStore(MiroirConfig config, RuleReport report) {
        TaskStoreConfig store = config.taskStore();
        Secret seal = store.sealKey();
        if (seal.isSet() && seal.bytes() < TaskStoreConfig.SEAL_KEY_BYTES_MIN) {
            Rules.tooShort(
                    report, true, "task_store.seal_key", seal, TaskStoreConfig.SEAL_KEY_BYTES_MIN);
        }
        boolean raft = store.backend() == TaskStoreConfig.Backend.RAFT;
        if (config.severalPods() && !raft) {
            report.error(
                    "task_store.backend",
                    "`sqlite` with "
                            + config.peers().size()
                            + " peers: one file can't be shared, several pods need `raft`",
                    "peers");
        }
        if (raft && !config.severalPods()) {
            report.warn(
                    "task_store.backend",
                    "`raft` with one pod survives no failure: list 3 or 5 pods in peers",
                    "peers");
        }
    }

    private static void ports(MiroirConfig config, RuleReport report) {
        Map<Integer, String> owner = new HashMap<>();
        claim(owner, config.server().port(), "server.port", report);
        if (config.metrics().enabled()) {
            claim(owner, config.metrics().port(), "metrics.port", report);
        }
        if (!config.severalPods()
                && config.taskStore().backend() == TaskStoreConfig.Backend.SQLITE) {
            return;
        }
        keysOfPods(config.peer(), report);
        claim(owner, config.raft().port(), "raft.port", report);
        claim(owner, config.peer().port(), "peer.port", report);
        loopbackOnly(config.peer(), config.raft().bind(), "raft.bind", report);
        loopbackOnly(config.peer(), config.peer().bind(), "peer.bind", report);
    }

    private static void keysOfPods(PeerConfig peer, RuleReport report) {
        long files =
                Stream.of(peer.certFile(), peer.keyFile(), peer.caFile())
                        .filter(Objects::nonNull)
                        .count();
        if (files != 0 && files != 3) {
            report.error(
                    "peer.cert_file",
                    "goes with peer.key_file and peer.ca_file: all three or none");
        }
        if (files == 3 && peer.secretFile() != null) {
            report.error(
                    "peer.secret_file", "is for pods without certificates: remove one of both");
        }
    }

    private static void claim(Map<Integer, String> owner, int port, String key, RuleReport report) {
        String other = port == 0 ? null : owner.putIfAbsent(port, key);
        if (other != null) {
            report.error(key, "`" + port + "` is " + other + " too: ports must differ", other);
        }
    }

    /** Whoever reaches these ports can write everything. */
    private static void loopbackOnly(PeerConfig peer, String bind, String key, RuleReport report) {
        boolean loopback =
                bind.startsWith("127.") || bind.equals("::1") || bind.equals("localhost");
        if (!loopback && !peer.keyed()) {
            report.error(
                    key,
                    "`"
                            + bind
                            + "`: who reaches this port can write everything. Allowed is a loopback"
                            + " address, or any with peer.secret_file or peer.cert_file",
                    "peer.secret_file");
        }
    }
}
