package io.miroir.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.protocol.exceptions.ChecksumException;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a member's whole log, against the checksums of its entries. */
final class LogCheck {
    private static final Logger LOG = LoggerFactory.getLogger(LogCheck.class);
    private static final int SECTOR_BYTES = 512;

    /** Ratis names the segment that is written to by its first index, the others by both ends. */
    private static final Pattern NAME = Pattern.compile("log_inprogress_(\\d+)|log_(\\d+)-(\\d+)");

    private final AtomicLong last = new AtomicLong(RaftLog.INVALID_LOG_INDEX);
    private final AtomicLong lastTerm = new AtomicLong();
    private final AtomicLong before = new AtomicLong(RaftLog.INVALID_LOG_INDEX);

    private final boolean mends;
    private long begin = RaftLog.INVALID_LOG_INDEX;
    private long term;

    private LogCheck(boolean mends) {
        this.mends = mends;
    }

    /**
     * What was found.
     *
     * @param damage what is wrong, null if nothing is
     * @param begin first index of the first segment; -1 if there is none
     * @param end last index that can be read
     * @param endTerm its term; 0 if there is no entry
     * @param term in which the member voted or followed last; 0 if that cannot be read
     */
    record Report(@Nullable String damage, long begin, long end, long endTerm, long term) {}

    /**
     * Reads the log of a member before it is used: a write that a crash cut short is cut off.
     *
     * @param directory with the segments and the member's vote
     */
    static Report examine(Path directory) throws IOException {
        return new LogCheck(true).read(directory);
    }

    /** The same, and changes nothing. */
    static Report look(Path directory) throws IOException {
        return new LogCheck(false).read(directory);
    }

    private Report read(Path directory) throws IOException {
        List<LogSegmentPath> segments = segments(directory);
        for (LogSegmentPath segment : segments) {
            Optional<String> damage = read(segment);
            if (damage.isPresent()) {
                return report(damage.get());
            }
        }
        return report(vote(directory));
    }

    private Report report(@Nullable String damage) {
        return new Report(damage, begin, last.get(), lastTerm.get(), term);
    }

    private List<LogSegmentPath> segments(Path directory) throws IOException {
        List<LogSegmentPath> segments = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                // Asked for an empty file, Ratis deletes it.
                LogSegmentPath segment =
                        mends || Files.size(file) > 0 ? LogSegmentPath.matchLogSegment(file) : null;
                if (segment != null) {
                    segments.add(segment);
                }
            }
        }
        segments.sort(Comparator.comparing(LogSegmentPath::getStartEnd));
        return segments;
    }

    private Optional<String> read(LogSegmentPath segment) throws IOException {
        Path file = segment.getPath();
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (!name.matches()) {
            return Optional.of(file + " is no segment");
        }
        long start = Long.parseLong(name.group(1) == null ? name.group(2) : name.group(1));
        boolean open = name.group(1) != null;
        if (last.get() != RaftLog.INVALID_LOG_INDEX && start != last.get() + 1) {
            return Optional.of(
                    "%s should begin at %d: part of the log is missing"
                            .formatted(file, last.get() + 1));
        }
        begin = begin == RaftLog.INVALID_LOG_INDEX ? start : begin;
        before.set(start - 1);
        try {
            entries(segment);
        } catch (ChecksumException e) {
            if (!open || !tornAt(file, e.getPos())) {
                return Optional.of(file + " is damaged: " + e.getMessage());
            }
            if (mends) {
                LOG.warn(
                        "{}: the write that a crash cut short at byte {} is dropped",
                        file,
                        e.getPos());
                truncate(file, e.getPos());
            }
        } catch (IOException | IllegalStateException e) {
            return Optional.of(file + " is damaged: " + e.getMessage());
        }
        if (!open && before.get() != Long.parseLong(name.group(3))) {
            return Optional.of("%s ends at %d already".formatted(file, before.get()));
        }
        last.set(Math.max(last.get(), before.get()));
        return Optional.empty();
    }

    private void entries(LogSegmentPath segment) throws IOException {
        LogSegment.readSegmentFile(
                segment.getPath().toFile(),
                segment.getStartEnd(),
                RaftSettings.APPEND_MAX,
                CorruptionPolicy.EXCEPTION,
                null,
                entry -> {
                    if (entry.getIndex() != before.get() + 1) {
                        throw new IllegalStateException(
                                "entry " + entry.getIndex() + " follows " + before.get());
                    }
                    before.set(entry.getIndex());
                    lastTerm.set(entry.getTerm());
                });
    }

    /**
     * Whether an entry was never written whole, so never acknowledged: the file was zeros before,
     * and a sector of it is still. A flipped bit leaves no such hole.
     */
    private static boolean tornAt(Path file, long position) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer rest =
                    ByteBuffer.allocate(
                            (int)
                                    Math.min(
                                            channel.size() - position,
                                            RaftSettings.APPEND_MAX.getSize()));
            channel.read(rest, position);
            rest.flip();
            int length = entryBytes(rest);
            if (length > rest.limit()) {
                return true;
            }
            int first = (int) Math.floorMod(-position, (long) SECTOR_BYTES);
            for (int at = first; at < length; at += SECTOR_BYTES) {
                if (zeros(rest, at, Math.min(length, at + SECTOR_BYTES))) {
                    return true;
                }
            }
            return false;
        }
    }

    /** The entry at the buffer's start with its length before and its checksum after it. */
    private static int entryBytes(ByteBuffer buffer) {
        int length = 0;
        int at = 0;
        for (int shift = 0; at < Math.min(5, buffer.limit()); shift += 7) {
            byte next = buffer.get(at++);
            length |= (next & 0x7f) << shift;
            if (next >= 0) {
                break;
            }
        }
        return at + length + Integer.BYTES;
    }

    private static boolean zeros(ByteBuffer buffer, int from, int to) {
        for (int at = from; at < to; at++) {
            if (buffer.get(at) != 0) {
                return false;
            }
        }
        return true;
    }

    private static void truncate(Path file, long position) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(position);
            channel.force(true);
        }
    }

    /** The member's term and vote: without them it could vote twice. */
    private @Nullable String vote(Path directory) throws IOException {
        Path file = directory.resolve("raft-meta");
        if (!Files.exists(file)) {
            return file + " is missing: whom this pod voted for is lost";
        }
        Properties vote = new Properties();
        try (var in = Files.newInputStream(file)) {
            vote.load(in);
            term = Long.parseLong(String.valueOf(vote.getProperty("term")));
            if (vote.getProperty("votedFor") == null || term < lastTerm.get()) {
                return "%s is damaged: term %d, the log is at %d"
                        .formatted(file, term, lastTerm.get());
            }
            return null;
        } catch (IllegalArgumentException e) {
            return file + " is damaged: " + e.getMessage();
        }
    }
}
