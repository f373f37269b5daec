package io.miroir.raft;

import io.miroir.sqlite.DatabaseFiles;
import io.miroir.store.engine.Applied;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.SizeInBytes;

/**
 * Makes the log of a group that has one member and begins where a database is. The others join it
 * later, empty; pods of another group, as the one that the database comes from, are not heard.
 */
public final class GroupSeed {
    private static final String CONFIGURATION = "raft-meta.conf";

    private GroupSeed() {}

    /**
     * Makes the log's directory.
     *
     * @param dataDir has no log of that cluster
     * @param clusterId new, so that no pod of before can belong to it
     * @param applied how far the database is: at least one entry
     * @param term above any that the state has seen; the first leader's is the next
     */
    public static void write(
            Path dataDir, UUID clusterId, RaftStoreConfig.Peer self, Applied applied, long term)
            throws IOException {
        Path log = dataDir.resolve("raft").resolve(clusterId.toString());
        Files.createDirectories(log);
        try (RaftStorage storage =
                RaftStorage.newBuilder()
                        .setDirectory(log.toFile())
                        .setOption(RaftStorage.StartupOption.FORMAT)
                        .setLogCorruptionPolicy(CorruptionPolicy.EXCEPTION)
                        .setStorageFreeSpaceMin(SizeInBytes.valueOf(0))
                        .build()) {
            storage.initialize();
            storage.getMetadataFile()
                    .persist(
                            RaftStorageMetadata.valueOf(
                                    term, RaftStorageMetadata.getDefault().getVotedFor()));
            Path current = storage.getStorageDir().getCurrentDir().toPath();
            configuration(current.resolve(CONFIGURATION), self.member(), applied);
            DatabaseFiles.sync(current);
        }
        DatabaseFiles.sync(log);
        DatabaseFiles.sync(dataDir.resolve("raft"));
        DatabaseFiles.sync(dataDir);
    }

    private static void configuration(Path file, Member self, Applied applied) throws IOException {
        RaftPeerProto.Builder peer =
                RaftPeerProto.newBuilder()
                        .setId(ByteString.copyFromUtf8(self.id()))
                        .setAddress(self.raftAddress())
                        .setDataStreamAddress(self.peerAddress())
                        .setStartupRole(RaftPeerRole.FOLLOWER);
        LogEntryProto entry =
                LogEntryProto.newBuilder()
                        .setTerm(applied.term())
                        .setIndex(applied.index())
                        .setConfigurationEntry(RaftConfigurationProto.newBuilder().addPeers(peer))
                        .build();
        try (OutputStream out = Files.newOutputStream(file)) {
            entry.writeTo(out);
        }
        DatabaseFiles.sync(file);
    }
}
