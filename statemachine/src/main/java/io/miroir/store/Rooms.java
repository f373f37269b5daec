package io.miroir.store;

import io.miroir.store.adminsession.AdminSessions;
import io.miroir.store.alias.Aliases;
import io.miroir.store.apikey.ApiKeys;
import io.miroir.store.canary.Canaries;
import io.miroir.store.canary.CanaryRuns;
import io.miroir.store.cdc.CdcCursors;
import io.miroir.store.cdc.CdcOverflow;
import io.miroir.store.clientobject.ClientObjects;
import io.miroir.store.feature.FeatureSwitches;
import io.miroir.store.format.ClusterFormat;
import io.miroir.store.idempotency.IdempotencyKeys;
import io.miroir.store.index.Indexes;
import io.miroir.store.job.Jobs;
import io.miroir.store.lane.Lanes;
import io.miroir.store.lease.Leases;
import io.miroir.store.limit.Limits;
import io.miroir.store.nodesettings.NodeSettingsVersions;
import io.miroir.store.ratelimit.RateLimits;
import io.miroir.store.replica.Replicas;
import io.miroir.store.rollover.RolloverPolicies;
import io.miroir.store.scopedkey.ScopedKeys;
import io.miroir.store.seal.Secrets;
import io.miroir.store.searchui.SearchUiConfigs;
import io.miroir.store.session.Sessions;
import io.miroir.store.task.Tasks;
import io.miroir.store.tenant.Tenants;
import io.miroir.store.topology.Topologies;
import io.miroir.store.webhook.Webhooks;

/**
 * The task store's rooms, one a table. Their writes are commands that take effect on every pod in
 * the same order; their reads name a {@link ReadLevel}.
 */
public interface Rooms {

    Indexes indexes();

    Lanes lanes();

    Tasks tasks();

    Replicas replicas();

    ApiKeys apiKeys();

    NodeSettingsVersions nodeSettings();

    Aliases aliases();

    Sessions sessions();

    IdempotencyKeys idempotencyKeys();

    Jobs jobs();

    Leases leases();

    Canaries canaries();

    CanaryRuns canaryRuns();

    CdcCursors cdcCursors();

    Tenants tenants();

    RolloverPolicies rolloverPolicies();

    SearchUiConfigs searchUiConfigs();

    AdminSessions adminSessions();

    Topologies topology();

    CdcOverflow cdcOverflow();

    ScopedKeys scopedKeys();

    RateLimits rateLimits();

    Webhooks webhooks();

    FeatureSwitches features();

    ClientObjects clientObjects();

    Limits limits();

    ClusterFormat clusterFormat();

    Secrets secrets();
}
