package io.miroir.raft.link;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;

/**
 * Whose word decides (Raft, section 6).
 *
 * @param before the voters that are being replaced, while the members change: then a majority of
 *     them counts as well; else empty
 */
record Voters(List<RaftPeerId> now, List<RaftPeerId> before) {

    static Voters of(RaftConfiguration members) {
        return new Voters(ids(members.getCurrentPeers()), ids(members.getPreviousPeers()));
    }

    List<RaftPeerId> all() {
        return Stream.concat(now.stream(), before.stream()).distinct().toList();
    }

    /** Whether these are enough; who has no vote does not count. */
    boolean decided(Collection<RaftPeerId> agreed) {
        return isMajority(now, agreed) && (before.isEmpty() || isMajority(before, agreed));
    }

    private static boolean isMajority(List<RaftPeerId> of, Collection<RaftPeerId> agreed) {
        long said = of.stream().filter(agreed::contains).count();
        return 2 * said > of.size();
    }

    private static List<RaftPeerId> ids(Collection<RaftPeer> peers) {
        return peers.stream().map(RaftPeer::getId).toList();
    }
}
