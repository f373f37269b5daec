package io.miroir.raft;

import io.miroir.raft.link.LinkMetrics;
import io.miroir.raft.link.LinkRpc;
import io.miroir.raft.link.LinkSettings;
import io.miroir.tls.PodKeys;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** What Ratis is told, and why where it is not its default. */
final class RaftSettings {
    /** Of one append of the log, so of an entry as well. */
    static final SizeInBytes APPEND_MAX = SizeInBytes.valueOf("2MB");

    private RaftSettings() {}

    static RaftGroup group(RaftStoreConfig config) {
        List<RaftPeer> peers =
                config.peers().stream()
                        .map(RaftStoreConfig.Peer::member)
                        .map(Membership::peer)
                        .toList();
        return RaftGroup.valueOf(config.groupId(), peers);
    }

    /** How members speak with each other: mutual TLS on the Raft port where there are keys. */
    static Parameters parameters(
            RaftStoreConfig config, Optional<PodKeys> keys, LinkMetrics metrics) {
        Map<String, String> addresses = new HashMap<>();
        config.peers().forEach(peer -> addresses.put(peer.id(), peer.member().raftAddress()));
        return new LinkSettings(
                        config.podId(),
                        config.bindHost(),
                        config.self().port(),
                        addresses,
                        keys,
                        metrics)
                .parameters();
    }

    static RaftProperties properties(RaftStoreConfig config) {
        RaftProperties properties = new RaftProperties();
        RaftConfigKeys.Rpc.setType(properties, new LinkRpc());
        RaftServerConfigKeys.setStorageDir(
                properties, List.of(config.dataDir().resolve("raft").toFile()));
        elections(properties, config.tuning());
        log(properties, config.tuning());
        snapshots(properties, config.tuning());
        // The table of proposers answers retries; this cache has no size, so it must be short: with
        // five seconds it took 30 MB of a pod's heap under writes.
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, millis(200));
        // A frozen VM that thaws after a minute is to go on, not to close its server.
        RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(1, TimeUnit.DAYS));
        return properties;
    }

    private static void elections(RaftProperties properties, RaftStoreConfig.Tuning tuning) {
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, millis(tuning.electionMillisMin()));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, millis(tuning.electionMillisMax()));
        // Who has just started has lost no leader: it need not wait as long before it asks for
        // votes. If there is a leader, others don't give them.
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(
                properties, millis(tuning.electionMillisMin() / 4));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(
                properties, millis(tuning.electionMillisMin() / 2));
        // A leader that reaches no majority should say so soon: its callers wait for nothing.
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(
                properties, millis(2L * tuning.electionMillisMax()));
        RaftServerConfigKeys.Notification.setNoLeaderTimeout(
                properties, millis(10L * tuning.electionMillisMax()));
    }

    private static void log(RaftProperties properties, RaftStoreConfig.Tuning tuning) {
        // Corrupted bytes stop the pod; they are never skipped.
        RaftServerConfigKeys.Log.setCorruptionPolicy(properties, CorruptionPolicy.EXCEPTION);
        // An entry after each entry, to say that it is committed: a second sync of every disk and a
        // second round. LinkAppender tells it without.
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
        // A follower appends on the thread that heard the entry, not on one more.
        RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
        RaftServerConfigKeys.Log.setSegmentSizeMax(
                properties, SizeInBytes.valueOf(tuning.segmentBytesMax()));
        // Zeros that are written and synced ahead of entries, by all members at the same entry: who
        // writes then waits for all of it.
        RaftServerConfigKeys.Log.setPreallocatedSize(
                properties, SizeInBytes.valueOf(Math.min(256 << 10, tuning.segmentBytesMax())));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf("16MB"));
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, APPEND_MAX);
        // The write buffer must hold one whole append and its checksum.
        RaftServerConfigKeys.Log.setWriteBufferSize(
                properties, SizeInBytes.valueOf(APPEND_MAX.getSize() + (64 << 10)));
    }

    private static void snapshots(RaftProperties properties, RaftStoreConfig.Tuning tuning) {
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, tuning.snapshotEntries());
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
        // Else the log waits for absent members (protocol rule 21). What is kept below the snapshot
        // spares a member that was away for a moment a whole file.
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
        RaftServerConfigKeys.Log.setPurgePreservationLogNum(properties, tuning.snapshotEntries());
        RaftServerConfigKeys.Log.setPurgeGap(properties, Math.min(1_024, tuning.snapshotEntries()));
        // One is under way to each newcomer, and in memory on both sides.
        RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(
                properties, SizeInBytes.valueOf("256KB"));
    }

    private static TimeDuration millis(long millis) {
        return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
    }
}
