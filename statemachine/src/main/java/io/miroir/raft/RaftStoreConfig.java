package io.miroir.raft;

import io.miroir.store.engine.Batcher;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.protocol.RaftGroupId;

/**
 * How to open one pod's member of the group.
 *
 * @param podId this pod; must be among the peers
 * @param dataDir holds {@code store.db} and the log; made if it is not there
 * @param clusterId of the group; pods of another one are not heard
 * @param peers this pod and those that it begins with: the members the group is formed of, or those
 *     that a newcomer joins. Their addresses count more than those that the log remembers
 * @param bindHost address to listen on, {@code 0.0.0.0} for all
 * @param limits bounds of the queue, of a log entry and of the wait
 * @param tuning times and sizes of the log
 */
public record RaftStoreConfig(
        String podId,
        Path dataDir,
        UUID clusterId,
        List<Peer> peers,
        String bindHost,
        Batcher.Limits limits,
        Tuning tuning) {

    /**
     * Of pods that are started without asking each other for a cluster's id first, and of the log
     * of the first version, which had no other.
     */
    public static final UUID COMMON_CLUSTER =
            UUID.nameUUIDFromBytes("miroir task store".getBytes(StandardCharsets.UTF_8));

    /** A pack must fit into one append of the log; see {@link RaftSettings}. */
    private static final Batcher.Limits LIMITS = new Batcher.Limits(16_384, 4_096, 1 << 20, 5_000);

    /**
     * A member.
     *
     * @param port of its Raft endpoint
     * @param peerAddress host and port of its peer service, for others to learn; may be empty
     * @param voter false for a newcomer, which follows without a vote
     */
    public record Peer(String id, String host, int port, String peerAddress, boolean voter) {
        /** A voter with no peer service. */
        public Peer(String id, String host, int port) {
            this(id, host, port, "", true);
        }

        /** How it is known before it has joined. */
        public Member member() {
            String raft = host.contains(":") ? "[" + host + "]" : host;
            return new Member(id, raft + ":" + port, peerAddress, voter);
        }
    }

    /**
     * Times and sizes of the log.
     *
     * @param electionMillisMin a follower waits at least this long for its leader; shorter fails
     *     over sooner, but moves leadership for nothing when the CPU is contended
     * @param electionMillisMax at most this long
     * @param snapshotEntries entries between two looks at how much of the log may be purged; as
     *     many are kept below
     * @param snapshotMillis such a look is also taken after this time, however few entries came
     * @param segmentBytesMax the log is purged by whole segments
     * @param snapshotRestFactor how many times as long as such a look took there is none
     */
    public record Tuning(
            int electionMillisMin,
            int electionMillisMax,
            int snapshotEntries,
            long snapshotMillis,
            int segmentBytesMax,
            int snapshotRestFactor) {
        private static final long SNAPSHOT_MILLIS = 300_000;

        /** With looks at the log that take a twentieth of the time at most. */
        public Tuning(
                int electionMillisMin,
                int electionMillisMax,
                int snapshotEntries,
                long snapshotMillis,
                int segmentBytesMax) {
            this(
                    electionMillisMin,
                    electionMillisMax,
                    snapshotEntries,
                    snapshotMillis,
                    segmentBytesMax,
                    Checkpoints.REST_FACTOR);
        }

        /** With a look at the log every five minutes, besides those by entries. */
        public Tuning(
                int electionMillisMin,
                int electionMillisMax,
                int snapshotEntries,
                int segmentBytesMax) {
            this(
                    electionMillisMin,
                    electionMillisMax,
                    snapshotEntries,
                    SNAPSHOT_MILLIS,
                    segmentBytesMax);
        }

        /**
         * 500 to 1,000 ms: a first write within two seconds of a leader's end on two busy cores.
         * Segments of 2 MB: Ratis keeps the last three in the heap, where each young collection
         * would copy what is in them.
         */
        public static final Tuning DEFAULT = new Tuning(500, 1_000, 10_000, 2 << 20);
    }

    /** In the {@link #COMMON_CLUSTER}. */
    public RaftStoreConfig(
            String podId,
            Path dataDir,
            List<Peer> peers,
            String bindHost,
            Batcher.Limits limits,
            Tuning tuning) {
        this(podId, dataDir, COMMON_CLUSTER, peers, bindHost, limits, tuning);
    }

    /** With limits and times that fit 2 vCPU and 3.75 GB. */
    public static RaftStoreConfig of(
            String podId, Path dataDir, UUID clusterId, List<Peer> peers, String bindHost) {
        return new RaftStoreConfig(
                podId, dataDir, clusterId, peers, bindHost, LIMITS, Tuning.DEFAULT);
    }

    /** The same with other times and sizes. */
    public RaftStoreConfig with(Tuning other) {
        return new RaftStoreConfig(podId, dataDir, clusterId, peers, bindHost, limits, other);
    }

    RaftGroupId groupId() {
        return RaftGroupId.valueOf(clusterId);
    }

    Peer self() {
        return peers.stream()
                .filter(peer -> peer.id().equals(podId))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(podId + " is not among the peers"));
    }
}
