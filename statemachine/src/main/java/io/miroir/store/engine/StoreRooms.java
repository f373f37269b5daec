package io.miroir.store.engine;

import io.miroir.store.Rooms;
import io.miroir.store.adminsession.AdminSessionRoom;
import io.miroir.store.adminsession.AdminSessions;
import io.miroir.store.alias.AliasRoom;
import io.miroir.store.alias.Aliases;
import io.miroir.store.apikey.ApiKeyRoom;
import io.miroir.store.apikey.ApiKeys;
import io.miroir.store.canary.Canaries;
import io.miroir.store.canary.CanaryRoom;
import io.miroir.store.canary.CanaryRunRoom;
import io.miroir.store.canary.CanaryRuns;
import io.miroir.store.cdc.CdcCursors;
import io.miroir.store.cdc.CdcOverflow;
import io.miroir.store.cdc.CdcRoom;
import io.miroir.store.clientobject.ClientObjectRoom;
import io.miroir.store.clientobject.ClientObjects;
import io.miroir.store.feature.FeatureRoom;
import io.miroir.store.feature.FeatureSwitches;
import io.miroir.store.format.ClusterFormat;
import io.miroir.store.format.ClusterFormatRoom;
import io.miroir.store.idempotency.IdempotencyKeys;
import io.miroir.store.idempotency.IdempotencyRoom;
import io.miroir.store.index.IndexRoom;
import io.miroir.store.index.Indexes;
import io.miroir.store.job.JobRoom;
import io.miroir.store.job.Jobs;
import io.miroir.store.lane.LaneRoom;
import io.miroir.store.lane.Lanes;
import io.miroir.store.lease.LeaseRoom;
import io.miroir.store.lease.Leases;
import io.miroir.store.limit.Limits;
import io.miroir.store.limit.LimitsRoom;
import io.miroir.store.nodesettings.NodeSettingsRoom;
import io.miroir.store.nodesettings.NodeSettingsVersions;
import io.miroir.store.ratelimit.RateLimits;
import io.miroir.store.ratelimit.RateRoom;
import io.miroir.store.replica.ReplicaRoom;
import io.miroir.store.replica.Replicas;
import io.miroir.store.rollover.RolloverPolicies;
import io.miroir.store.rollover.RolloverPolicyRoom;
import io.miroir.store.scopedkey.ScopedKeyRoom;
import io.miroir.store.scopedkey.ScopedKeys;
import io.miroir.store.seal.SealingProposer;
import io.miroir.store.seal.Seals;
import io.miroir.store.seal.SecretRoom;
import io.miroir.store.seal.Secrets;
import io.miroir.store.searchui.SearchUiConfigRoom;
import io.miroir.store.searchui.SearchUiConfigs;
import io.miroir.store.session.SessionRoom;
import io.miroir.store.session.Sessions;
import io.miroir.store.task.TaskRoom;
import io.miroir.store.task.Tasks;
import io.miroir.store.tenant.TenantRoom;
import io.miroir.store.tenant.Tenants;
import io.miroir.store.topology.Topologies;
import io.miroir.store.topology.TopologyRoom;
import io.miroir.store.webhook.WebhookRoom;
import io.miroir.store.webhook.Webhooks;

/** All rooms over one backend. */
public record StoreRooms(
        Indexes indexes,
        Lanes lanes,
        Tasks tasks,
        Replicas replicas,
        ApiKeys apiKeys,
        NodeSettingsVersions nodeSettings,
        Aliases aliases,
        Sessions sessions,
        IdempotencyKeys idempotencyKeys,
        Jobs jobs,
        Leases leases,
        Canaries canaries,
        CanaryRuns canaryRuns,
        CdcCursors cdcCursors,
        Tenants tenants,
        RolloverPolicies rolloverPolicies,
        SearchUiConfigs searchUiConfigs,
        AdminSessions adminSessions,
        Topologies topology,
        CdcOverflow cdcOverflow,
        ScopedKeys scopedKeys,
        RateLimits rateLimits,
        Webhooks webhooks,
        FeatureSwitches features,
        ClientObjects clientObjects,
        Limits limits,
        ClusterFormat clusterFormat,
        Secrets secrets)
        implements Rooms {

    /**
     * The rooms whose commands go to {@code next} and whose queries go to {@code reads}.
     *
     * @param seals what is secret: sealed in what goes, open in what comes
     */
    public static StoreRooms of(Proposer next, Reads reads, Seals seals) {
        Proposer proposer = new SealingProposer(next, seals);
        return new StoreRooms(
                new IndexRoom(reads, seals),
                new LaneRoom(proposer, reads),
                new TaskRoom(proposer, reads, seals),
                new ReplicaRoom(proposer, reads),
                new ApiKeyRoom(proposer, reads),
                new NodeSettingsRoom(proposer, reads),
                new AliasRoom(proposer, reads),
                new SessionRoom(proposer, reads),
                new IdempotencyRoom(reads),
                new JobRoom(proposer, reads),
                new LeaseRoom(proposer, reads),
                new CanaryRoom(proposer, reads),
                new CanaryRunRoom(proposer, reads),
                new CdcRoom(proposer, reads),
                new TenantRoom(proposer, reads),
                new RolloverPolicyRoom(proposer, reads),
                new SearchUiConfigRoom(proposer, reads),
                new AdminSessionRoom(proposer, reads),
                new TopologyRoom(proposer, reads),
                new CdcRoom.Overflow(proposer, reads),
                new ScopedKeyRoom(proposer, reads),
                new RateRoom(proposer, reads),
                new WebhookRoom(proposer, reads, seals),
                new FeatureRoom(proposer, reads),
                new ClientObjectRoom(proposer, reads, seals),
                new LimitsRoom(proposer, reads),
                new ClusterFormatRoom(proposer, reads),
                new SecretRoom(proposer, reads));
    }
}
