package io.miroir.raft;

import io.miroir.store.engine.Batcher;
import java.nio.file.Path;
import java.util.List;

/**
 * How to open one pod's member of the group.
 *
 * @param podId this pod; must be among the peers
 * @param dataDir holds {@code store.db} and the log; made if it is not there
 * @param peers the members the group is formed of; all pods must name the same
 * @param bindHost address to listen on, {@code 0.0.0.0} for all
 * @param limits bounds of the queue, of a log entry and of the wait
 * @param tuning times and sizes of the log
 */
public record RaftStoreConfig(
        String podId,
        Path dataDir,
        List<Peer> peers,
        String bindHost,
        Batcher.Limits limits,
        Tuning tuning) {

    /** A pack must fit into one append of the log; see {@link RaftSettings}. */
    private static final Batcher.Limits LIMITS = new Batcher.Limits(16_384, 4_096, 1 << 20, 5_000);

    /**
     * A member.
     *
     * @param port of its Raft endpoint
     */
    public record Peer(String id, String host, int port) {
        String address() {
            return host + ":" + port;
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
     * @param segmentBytesMax the log is purged by whole segments
     */
    public record Tuning(
            int electionMillisMin,
            int electionMillisMax,
            int snapshotEntries,
            int segmentBytesMax) {
        /**
         * 500 to 1,000 ms: a first write within two seconds of a leader's end on two busy cores.
         */
        public static final Tuning DEFAULT = new Tuning(500, 1_000, 10_000, 8 << 20);
    }

    /** With limits and times that fit 2 vCPU and 3.75 GB. */
    public static RaftStoreConfig of(
            String podId, Path dataDir, List<Peer> peers, String bindHost) {
        return new RaftStoreConfig(podId, dataDir, peers, bindHost, LIMITS, Tuning.DEFAULT);
    }

    Peer self() {
        return peers.stream()
                .filter(peer -> peer.id().equals(podId))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(podId + " is not among the peers"));
    }
}
