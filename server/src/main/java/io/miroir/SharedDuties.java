package io.miroir;

import io.miroir.capability.partitioned.antientropy.AntiEntropy;
import io.miroir.capability.partitioned.antientropy.AntiEntropyMetrics;
import io.miroir.capability.partitioned.drift.DriftCheck;
import io.miroir.capability.partitioned.drop.DropMetrics;
import io.miroir.capability.partitioned.drop.IndexDrop;
import io.miroir.capability.partitioned.move.OlderReads;
import io.miroir.capability.partitioned.move.ReplicaMoves;
import io.miroir.capability.partitioned.repair.LateWatch;
import io.miroir.capability.partitioned.repair.RepairMetrics;
import io.miroir.capability.partitioned.repair.ReplicaRepair;
import io.miroir.capability.partitioned.verify.ReplicaVerifier;
import io.miroir.cluster.RebalanceMetrics;
import io.miroir.cluster.lease.EveryPod;
import io.miroir.config.MiroirConfig;
import io.miroir.duty.PartitionedDuty;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.lane.SettingsMetrics;
import io.prometheus.client.CollectorRegistry;
import java.util.ArrayList;
import java.util.List;

/** The background work that all pods share, as the configuration wants it. */
record SharedDuties(MiroirConfig config, ConfiguredSettings settings, CollectorRegistry registry) {

    /**
     * Those of one pod.
     *
     * @param everyPod what all of them have seen nobody contradicts
     */
    List<PartitionedDuty> over(
            CopyContext context,
            SettingsMetrics settingsMetrics,
            EveryPod everyPod,
            RebalanceMetrics rebalanceMetrics) {
        List<PartitionedDuty> duties = new ArrayList<>();
        duties.add(new ReplicaVerifier(context.store(), context.nodes()));
        OlderReads olderReads =
                () -> {
                    everyPod.awaitSeen();
                    Thread.sleep(settings.readSettings().longest());
                };
        duties.add(new ReplicaMoves(context, olderReads, rebalanceMetrics));
        if (config.replicaRepair().enabled()) {
            duties.add(
                    new ReplicaRepair(
                            context, settings.repairRules(), new RepairMetrics(registry)));
        }
        // Also without repair: another pod may have copied, or this one when it was allowed to.
        duties.add(new LateWatch(context));
        duties.add(new IndexDrop(context, new DropMetrics(registry)));
        if (config.antiEntropy().enabled()) {
            duties.add(
                    new AntiEntropy(
                            context,
                            settings.antiEntropyRules(),
                            new AntiEntropyMetrics(registry, System::nanoTime)));
        }
        if (config.settingsDriftCheck().enabled()) {
            duties.add(
                    new DriftCheck(
                            context.view(),
                            context.store(),
                            context.nodes(),
                            settingsMetrics,
                            settings.driftRules()));
        }
        return duties;
    }
}
