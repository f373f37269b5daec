package io.miroir.cluster.member;

import io.miroir.cluster.peer.PeerEndpoint;
import io.miroir.raft.Member;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Where the other pods answer: where the configuration says, or else the list of members. */
final class Addresses {
    private final String podId;
    private final Map<String, PeerEndpoint> configured = new TreeMap<>();

    Addresses(String podId, Collection<PeerEndpoint> configured) {
        this.podId = podId;
        configured.forEach(peer -> this.configured.put(peer.podId(), peer));
    }

    /** Ids of the configured pods, without this one. */
    Set<String> configured() {
        return configured.keySet();
    }

    /** Those of members, without this pod and such as have no address. */
    List<PeerEndpoint> others(List<Member> members) {
        return members.stream()
                .filter(member -> !member.id().equals(podId))
                .flatMap(member -> of(member).stream())
                .toList();
    }

    /** That of one pod; empty if its address can't be read. */
    Optional<PeerEndpoint> of(Member member) {
        PeerEndpoint known = configured.get(member.id());
        return known != null
                ? Optional.of(known)
                : PeerEndpoint.parse(member.id(), member.peerAddress());
    }
}
