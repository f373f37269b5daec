package io.miroir;

import io.miroir.api.IpNetwork;
import io.miroir.api.IpRules;
import io.miroir.capability.partitioned.antientropy.AntiEntropyRules;
import io.miroir.capability.partitioned.drift.DriftCheck;
import io.miroir.capability.partitioned.repair.CopyBounds;
import io.miroir.capability.partitioned.repair.RepairRules;
import io.miroir.cluster.health.HealthProbe;
import io.miroir.cluster.health.HealthState;
import io.miroir.config.AntiEntropyConfig;
import io.miroir.config.MiroirConfig;
import io.miroir.config.QueryPlannerConfig;
import io.miroir.config.ScatterConfig;
import io.miroir.config.ServerConfig;
import io.miroir.config.SettingsBroadcastConfig;
import io.miroir.edge.Edge;
import io.miroir.edge.http.BodyBudget;
import io.miroir.edge.http.HttpServer;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.copy.Holds;
import io.miroir.fanout.lane.LaneSettings;
import io.miroir.fanout.lane.SettingsLimits;
import io.miroir.fanout.read.ReadSettings;
import io.miroir.fanout.spool.Spooler;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What the parts of a pod are told of its configuration, each in its own words. */
record ConfiguredSettings(MiroirConfig config) {
    /** Shorter than what a pod waits for before it claims a lane that another one keeps. */
    private static final Duration HOLD_MAX = Duration.ofSeconds(3);

    /** What the client port demands, with the keys that are good now. */
    Edge.Rules edgeRules(ExchangedKeys keys) {
        return new Edge.Rules(
                keys.clients(),
                keys.operators(),
                Edge.Offered.of(config),
                slots(),
                config.scatter().staleViewPolicy() == ScatterConfig.Policy.PARTIAL,
                bodyLimits(),
                config.multiSearch());
    }

    private Edge.BodyLimits bodyLimits() {
        ServerConfig server = config.server();
        return new Edge.BodyLimits(
                Math.min(server.maxSearchBodyBytes(), server.maxBodyBytes()),
                Math.min(server.maxJsonBodyBytes(), server.maxBodyBytes()),
                new BodyBudget.Limits(
                        server.jsonMemoryBytes() == 0
                                ? Runtime.getRuntime().maxMemory() / 4
                                : server.jsonMemoryBytes(),
                        server.jsonBodyTimeoutMs()));
    }

    /** What the HTTP server of the client port bears. */
    HttpServer.Limits httpLimits() {
        HttpServer.Limits defaults = HttpServer.Limits.defaults();
        return new HttpServer.Limits(
                config.server().maxBodyBytes(),
                defaults.headerBytesMax(),
                defaults.silenceMillisMax(),
                defaults.idleMillisMax());
    }

    /** When a node counts as down, and as up again. */
    HealthState.Thresholds healthThresholds() {
        return new HealthState.Thresholds(
                config.health().unhealthyThreshold(), config.health().recoveryThreshold());
    }

    /** Where bodies wait to be read again. */
    Spooler spooler() throws IOException {
        ServerConfig server = config.server();
        Path configured = server.spoolDir();
        Path directory = configured == null ? config.dataDir().resolve("spool") : configured;
        return new Spooler(directory, server.spoolMemoryBytes(), server.spoolQuotaBytes());
    }

    /** Where dumps lie. */
    Path dumpDir() {
        Path configured = config.server().dumpDir();
        return configured == null ? config.dataDir().resolve("dumps") : configured;
    }

    /** Whom indexes may be sent to. */
    IpRules exportRules() {
        return rules(config.server().exportIpNetworks());
    }

    /** Who may be told of tasks. */
    IpRules webhookRules() {
        return rules(config.server().webhookIpNetworks());
    }

    private static IpRules rules(List<String> networks) {
        return new IpRules(
                networks.stream().flatMap(network -> IpNetwork.parse(network).stream()).toList());
    }

    /** How often nodes are asked how they are. */
    HealthProbe.Settings probeSettings() {
        return new HealthProbe.Settings(
                Duration.ofMillis(config.health().intervalMs()),
                Duration.ofMillis(config.health().timeoutMs()));
    }

    /** What writes may take. */
    LaneSettings laneSettings() {
        return new LaneSettings(
                Duration.ofMillis(config.server().requestTimeoutMs()),
                Duration.ofSeconds(2),
                Duration.ofMillis(config.server().requestTimeoutMs()),
                Duration.ofSeconds(5),
                config.idempotency().enabled()
                        ? Duration.ofSeconds(config.idempotency().ttlSeconds())
                        : Duration.ZERO,
                config.server().maxWaitingWrites(),
                new LaneSettings.Merging(
                        config.writes().maxMergedRequests(),
                        config.writes().maxMergedDocuments(),
                        config.writes().maxMergedBytes()));
    }

    /** What a change of settings may take. */
    SettingsLimits settingsLimits() {
        SettingsBroadcastConfig broadcast = config.settingsBroadcast();
        return new SettingsLimits(
                Duration.ofSeconds(broadcast.verifyTimeoutS()),
                broadcast.maxRepairRetries(),
                broadcast.freezeWritesOnUnrepairable(),
                broadcast.strategy() == SettingsBroadcastConfig.Strategy.SEQUENTIAL);
    }

    /** How nodes' settings are watched. */
    DriftCheck.Rules driftRules() {
        return new DriftCheck.Rules(
                Duration.ofSeconds(config.settingsDriftCheck().intervalS()),
                config.settingsDriftCheck().autoRepair());
    }

    /** How much bringing replicas back may take. */
    RepairRules repairRules() {
        return new RepairRules(
                config.replicaRepair().maxDocumentsPerSecond(),
                config.replicaRepair().maxConcurrentCopies(),
                CopyBounds.DEFAULT);
    }

    /** How long writes may be held: each waits at least three times as long for its turn. */
    Holds holds() {
        Duration third = Duration.ofMillis(config.server().requestTimeoutMs() / 3);
        return Holds.upTo(third.compareTo(HOLD_MAX) < 0 ? third : HOLD_MAX);
    }

    /** How replicas are compared. */
    AntiEntropyRules antiEntropyRules() {
        AntiEntropyConfig comparing = config.antiEntropy();
        return new AntiEntropyRules(
                Duration.ofMillis(comparing.schedule().intervalMillis()),
                comparing.shardsPerPass(),
                comparing.maxReadConcurrency(),
                comparing.fingerprintBatchSize(),
                comparing.autoRepair());
    }

    private Edge.Slots slots() {
        int writes = config.server().maxConcurrentWrites();
        return new Edge.Slots(writes, config.server().maxConcurrentRequests() - writes);
    }

    /** Reads that may wait for writes at a time: half of the slots is left to others. */
    int waitingReadsMax() {
        return Math.max(1, slots().others() / 2);
    }

    /** What nodes' answers may take together. */
    AnswerBudget answerBudget(CollectorRegistry registry) {
        long configured = config.scatter().maxAnswerBytes();
        return new AnswerBudget(
                configured == 0 ? Runtime.getRuntime().maxMemory() / 8 : configured,
                Duration.ofMillis(config.scatter().nodeTimeoutMs()),
                registry);
    }

    /** What reads may take. */
    ReadSettings readSettings() {
        QueryPlannerConfig planner = config.queryPlanner();
        return new ReadSettings(
                Duration.ofMillis(config.scatter().nodeTimeoutMs()),
                config.scatter().unavailableShardPolicy() == ScatterConfig.Policy.PARTIAL,
                planner.enabled() ? planner.maxPkLiteralsNarrowable() : 0);
    }
}
