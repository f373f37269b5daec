package io.miroir.raft;

import io.miroir.sqlite.DatabaseFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.server.storage.RaftStorage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ratis' segments before Ratis opens them. */
final class LogFiles {
    private static final Logger LOG = LoggerFactory.getLogger(LogFiles.class);

    private LogFiles() {}

    /**
     * Deletes the log if it ends before the database, which a kill is enough for: a member applies
     * what a majority has synced, also where its own log is still in memory, and an installed file
     * holds more than its index says. Ratis would keep the segment that was open, and could append
     * nothing to it for ever: what comes does not join on.
     *
     * @param durableIndex what the synced database holds
     */
    static void dropIfBehind(RaftStorage storage, long durableIndex) throws IOException {
        List<LogSegmentPath> segments = LogSegmentPath.getLogSegmentPaths(storage);
        long end = lastIndex(segments);
        if (!segments.isEmpty() && end < durableIndex) {
            LOG.info(
                    "The log ends at {}, the database is at {}: it begins anew", end, durableIndex);
            delete(storage, segments);
        }
    }

    private static long lastIndex(List<LogSegmentPath> segments) throws IOException {
        AtomicLong last = new AtomicLong(RaftLog.INVALID_LOG_INDEX);
        // The last one may hold nothing yet.
        for (LogSegmentPath segment : segments.reversed()) {
            if (last.get() == RaftLog.INVALID_LOG_INDEX) {
                LogSegment.readSegmentFile(
                        segment.getPath().toFile(),
                        segment.getStartEnd(),
                        RaftSettings.APPEND_MAX,
                        CorruptionPolicy.EXCEPTION,
                        null,
                        entry -> last.set(entry.getIndex()));
            }
        }
        return last.get();
    }

    /** From the first on: what a crash leaves has no gap. */
    private static void delete(RaftStorage storage, List<LogSegmentPath> segments)
            throws IOException {
        for (LogSegmentPath segment : segments) {
            Files.delete(segment.getPath());
        }
        DatabaseFiles.sync(storage.getStorageDir().getCurrentDir().toPath());
    }
}
