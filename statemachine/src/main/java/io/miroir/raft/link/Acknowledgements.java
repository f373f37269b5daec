package io.miroir.raft.link;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;

/**
 * By follower, while this pod leads: what it has acknowledged, and who tells it what is committed.
 */
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

    /** Other pods wait for what is committed: followers are told. */
    void awaited() {
        appenders.values().forEach(LinkAppender::awaited);
    }

    /** What was acknowledged in that term; what was in another one is not told. */
    Acknowledged of(RaftGroupId group, RaftPeerId follower, long term) {
        return Optional.ofNullable(appenders.get(new Follower(group, follower)))
                .map(LinkAppender::acknowledged)
                .filter(told -> told.term() == term)
                .orElse(Acknowledged.nothing(term));
    }
}
