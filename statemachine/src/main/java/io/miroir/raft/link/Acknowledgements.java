package io.miroir.raft.link;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;

/** By follower: what it has acknowledged to this pod while it leads. */
final class Acknowledgements {
    private record Follower(RaftGroupId group, RaftPeerId id) {}

    private final Map<Follower, LinkAppender> appenders = new ConcurrentHashMap<>();

    void begins(LinkAppender appender) {
        appenders.put(of(appender), appender);
    }

    void ends(LinkAppender appender) {
        appenders.remove(of(appender), appender);
    }

    /** Not by the group, which cannot be told while a listener becomes a voter. */
    private static Follower of(LinkAppender appender) {
        return new Follower(
                appender.getServer().getMemberId().getGroupId(), appender.getFollowerId());
    }

    /** What was acknowledged in that term; what was in another one is not told. */
    Acknowledged of(RaftGroupId group, RaftPeerId follower, long term) {
        return Optional.ofNullable(appenders.get(new Follower(group, follower)))
                .map(LinkAppender::acknowledged)
                .filter(told -> told.term() == term)
                .orElse(Acknowledged.nothing(term));
    }
}
