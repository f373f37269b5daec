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
import java.io.IOException;
import java.nio.file.Path;

/**
 * What the pods must remember together. One room a table; each room's writes are commands that take
 * effect on every pod in the same order, its reads name their {@link ReadLevel}.
 *
 * <p>All times are epoch microseconds of <em>store time</em>: the leader's stamp, never a caller's
 * clock, never going back (protocol rule 19).
 *
 * <p>Methods block the calling thread (use virtual threads) for at most the configured deadline;
 * none hangs without a quorum. All methods may be called from any thread.
 */
public interface TaskStore extends Rooms, AutoCloseable {

    /** All rooms; the methods below name them one by one. */
    Rooms rooms();

    /** What this pod is and how far it has come; cheap, from memory. */
    StoreStatus status();

    /**
     * The index of the last command that a local read may have shown by now; cheap, from memory.
     * For a moment it is ahead of what {@link #status()} tells as applied.
     */
    default long visibleIndex() {
        return status().appliedIndex();
    }

    /**
     * This pod's estimate of store time, epoch microseconds: the last applied stamp and what went
     * by since on the monotonic clock. For expiries that callers compute.
     */
    long nowMicros();

    /**
     * The same rooms for a leader's duty: their commands take effect only in the given term, else
     * they are refused as {@link Refusal.Deposed} by every pod alike.
     */
    Rooms fencedBy(long term);

    /**
     * Waits until this pod has applied everything that was acknowledged anywhere before the call.
     * Answers the applied index; refused when no quorum confirms in time.
     */
    Reply<Long> barrier();

    /**
     * Says that somebody waits until this pod has applied an index: what nobody waits for may come
     * some milliseconds later. Methods that wait say it themselves.
     */
    default Wanted want(long index) {
        return () -> {};
    }

    /**
     * Follows the changes as this pod applies them. The first call the watcher gets is {@link
     * Watcher#resync}; it is made on a thread of the store's own, one per watcher.
     */
    Watch watch(Watcher watcher);

    /**
     * As {@link #watch(Watcher)}, but goes on above an index that an earlier watch of any pod told,
     * without a resync if this pod still knows everything that came since: it keeps the last few
     * thousand changes, and forgets them when it restarts or is sent the whole database.
     */
    Watch watch(Watcher watcher, long afterIndex);

    /** Follows this pod's leadership; told at once what holds now. */
    Watch watchLeadership(LeadershipWatcher watcher);

    /**
     * Digest of every table at one applied index. Pods at the same index have the same digests.
     * Reads the whole database: for tests, backups and operators.
     */
    Digests digests();

    /**
     * Writes a copy of this pod's database, as of one applied index, into a new file, beside reads
     * and writes; for backups.
     *
     * @throws IOException if the disk does not take it
     */
    void copyTo(Path file) throws IOException;

    /** Bytes that a copy takes at most. */
    long databaseBytes();

    /** Hands leadership over where it can, finishes what is under way, closes the database. */
    @Override
    void close();

    @Override
    default Indexes indexes() {
        return rooms().indexes();
    }

    @Override
    default Lanes lanes() {
        return rooms().lanes();
    }

    @Override
    default Tasks tasks() {
        return rooms().tasks();
    }

    @Override
    default Replicas replicas() {
        return rooms().replicas();
    }

    @Override
    default ApiKeys apiKeys() {
        return rooms().apiKeys();
    }

    @Override
    default NodeSettingsVersions nodeSettings() {
        return rooms().nodeSettings();
    }

    @Override
    default Aliases aliases() {
        return rooms().aliases();
    }

    @Override
    default Sessions sessions() {
        return rooms().sessions();
    }

    @Override
    default IdempotencyKeys idempotencyKeys() {
        return rooms().idempotencyKeys();
    }

    @Override
    default Jobs jobs() {
        return rooms().jobs();
    }

    @Override
    default Leases leases() {
        return rooms().leases();
    }

    @Override
    default Canaries canaries() {
        return rooms().canaries();
    }

    @Override
    default CanaryRuns canaryRuns() {
        return rooms().canaryRuns();
    }

    @Override
    default CdcCursors cdcCursors() {
        return rooms().cdcCursors();
    }

    @Override
    default Tenants tenants() {
        return rooms().tenants();
    }

    @Override
    default RolloverPolicies rolloverPolicies() {
        return rooms().rolloverPolicies();
    }

    @Override
    default SearchUiConfigs searchUiConfigs() {
        return rooms().searchUiConfigs();
    }

    @Override
    default AdminSessions adminSessions() {
        return rooms().adminSessions();
    }

    @Override
    default Topologies topology() {
        return rooms().topology();
    }

    @Override
    default CdcOverflow cdcOverflow() {
        return rooms().cdcOverflow();
    }

    @Override
    default ScopedKeys scopedKeys() {
        return rooms().scopedKeys();
    }

    @Override
    default RateLimits rateLimits() {
        return rooms().rateLimits();
    }

    @Override
    default Webhooks webhooks() {
        return rooms().webhooks();
    }

    @Override
    default FeatureSwitches features() {
        return rooms().features();
    }

    @Override
    default ClientObjects clientObjects() {
        return rooms().clientObjects();
    }

    @Override
    default Limits limits() {
        return rooms().limits();
    }

    @Override
    default ClusterFormat clusterFormat() {
        return rooms().clusterFormat();
    }

    @Override
    default Secrets secrets() {
        return rooms().secrets();
    }
}
