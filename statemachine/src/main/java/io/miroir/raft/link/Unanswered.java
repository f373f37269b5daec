package io.miroir.raft.link;

import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.Timestamp;
import org.jspecify.annotations.Nullable;

/** The appends that one follower has not answered, by the number of their call. */
final class Unanswered {
    private final Map<Long, Sent> appends = new ConcurrentHashMap<>();

    /**
     * An append.
     *
     * @param firstIndex of its entries; {@link RaftLog#INVALID_LOG_INDEX} if it has none
     */
    record Sent(long firstIndex, int bytes, Timestamp at) {
        boolean hasEntries() {
            return firstIndex != RaftLog.INVALID_LOG_INDEX;
        }
    }

    void add(long callId, Sent sent) {
        appends.put(callId, sent);
    }

    /** False if it was answered before, or given up with others. */
    boolean remove(long callId) {
        return appends.remove(callId) != null;
    }

    /** How many have entries. */
    long withEntries() {
        // No streams here: this is asked ten times for each write.
        long count = 0;
        for (Sent sent : appends.values()) {
            if (sent.hasEntries()) {
                count++;
            }
        }
        return count;
    }

    long bytes() {
        long bytes = 0;
        for (Sent sent : appends.values()) {
            bytes += sent.bytes();
        }
        return bytes;
    }

    /**
     * Gives all up.
     *
     * @param failed one that was removed already, and failed
     * @return the first of their entries, which comes next again; empty if they have none
     */
    OptionalLong giveUp(@Nullable Sent failed) {
        OptionalLong first =
                Stream.concat(Stream.ofNullable(failed), appends.values().stream())
                        .filter(Sent::hasEntries)
                        .mapToLong(Sent::firstIndex)
                        .min();
        appends.clear();
        return first;
    }
}
