package io.miroir.raft;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.jspecify.annotations.Nullable;

/**
 * The log of a pod that does not run, read without Ratis' server: which entries it has beyond the
 * database, and who the members were.
 */
final class OldLog {
    private final Path current;
    private final String clusterId;
    private final TreeSet<String> members = new TreeSet<>();
    private long lastIndex;
    private long lastTerm;

    private OldLog(Path directory) {
        this.current = directory.resolve("current");
        this.clusterId = String.valueOf(directory.getFileName());
    }

    /** The log in a data directory; null if there is none. */
    static @Nullable OldLog in(Path dataDir) throws IOException {
        Path raft = dataDir.resolve("raft");
        if (!Files.isDirectory(raft)) {
            return null;
        }
        List<Path> groups;
        try (Stream<Path> directories = Files.list(raft)) {
            groups = directories.filter(d -> Files.isDirectory(d.resolve("current"))).toList();
        }
        if (groups.size() > 1) {
            throw new IOException(raft + " holds the logs of several clusters: " + groups);
        }
        return groups.isEmpty() ? null : new OldLog(groups.getFirst());
    }

    /** With the segments and the member's vote. */
    Path directory() {
        return current;
    }

    String clusterId() {
        return clusterId;
    }

    /** Ids of the members, with or without a vote, in the last configuration that was read. */
    List<String> members() {
        return List.copyOf(members);
    }

    /** Index of the last entry that could be read, 0 if there is none. */
    long lastIndex() {
        return lastIndex;
    }

    long lastTerm() {
        return lastTerm;
    }

    /** The term that the pod has promised or voted in; its entries' terms are not above. */
    long term() throws IOException {
        Properties meta = new Properties();
        Path file = current.resolve("raft-meta");
        if (!Files.exists(file)) {
            return 0;
        }
        try (InputStream in = Files.newInputStream(file)) {
            meta.load(in);
        }
        return Long.parseLong(meta.getProperty("term", "0"));
    }

    /** Reads all entries in order, up to the end or to where the log is damaged or cut short. */
    void read(Consumer<LogEntryProto> entries) throws IOException {
        members.clear();
        Path configuration = current.resolve("raft-meta.conf");
        if (Files.exists(configuration)) {
            try (InputStream in = Files.newInputStream(configuration)) {
                configured(LogEntryProto.parseFrom(in));
            }
        }
        for (LogSegmentPath segment : segments()) {
            try {
                LogSegment.readSegmentFile(
                        segment.getPath().toFile(),
                        segment.getStartEnd(),
                        RaftSettings.APPEND_MAX,
                        CorruptionPolicy.EXCEPTION,
                        null,
                        entry -> take(entry, entries));
            } catch (IOException | GapException _) {
                // Whether anything was behind it, LogCheck has told whoever asks for all of it.
                return;
            }
        }
    }

    private void take(LogEntryProto entry, Consumer<LogEntryProto> entries) {
        if (lastIndex > 0 && entry.getIndex() != lastIndex + 1) {
            throw new GapException("entry " + entry.getIndex() + " follows " + lastIndex);
        }
        entries.accept(entry);
        lastIndex = entry.getIndex();
        lastTerm = entry.getTerm();
        configured(entry);
    }

    private void configured(LogEntryProto entry) {
        if (entry.hasConfigurationEntry()) {
            members.clear();
            RaftConfigurationProto group = entry.getConfigurationEntry();
            group.getPeersList().forEach(this::member);
            group.getListenersList().forEach(this::member);
        }
    }

    private void member(RaftPeerProto peer) {
        members.add(peer.getId().toStringUtf8());
    }

    private List<LogSegmentPath> segments() throws IOException {
        List<LogSegmentPath> segments = new ArrayList<>();
        try (Stream<Path> files = Files.list(current)) {
            for (Path file : files.toList()) {
                // Asked for an empty file, Ratis would delete it.
                LogSegmentPath segment =
                        Files.size(file) == 0 ? null : LogSegmentPath.matchLogSegment(file);
                if (segment != null) {
                    segments.add(segment);
                }
            }
        }
        segments.sort(Comparator.comparing(LogSegmentPath::getStartEnd));
        return segments;
    }

    private static final class GapException extends RuntimeException {
        private static final long serialVersionUID = 1;

        GapException(String message) {
            super(message);
        }
    }
}
