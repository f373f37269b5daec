package io.miroir.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.storage.RaftStorage;

/**
 * Starts a pod's member of the group. One that can't start, as where another process has its port,
 * leaves nothing open behind: neither the log's lock nor the database.
 */
final class RaftStart {
    private RaftStart() {}

    /**
     * Starts the member.
     *
     * @param formed whether there is a log, which is gone on from; else it is made
     * @throws UncheckedIOException if it can't be started
     */
    static RaftServer start(
            RaftStoreConfig config,
            Parameters parameters,
            StoreStateMachine stateMachine,
            boolean formed) {
        try {
            return started(build(config, parameters, stateMachine, formed), config, stateMachine);
        } catch (RuntimeException e) {
            stateMachine.engine().database().close();
            throw e;
        } catch (IOException e) {
            stateMachine.engine().database().close();
            throw new UncheckedIOException(
                    "cannot start the task store at "
                            + config.bindHost()
                            + ":"
                            + config.self().port(),
                    e);
        }
    }

    private static RaftServer build(
            RaftStoreConfig config,
            Parameters parameters,
            StoreStateMachine stateMachine,
            boolean formed)
            throws IOException {
        return RaftServer.newBuilder()
                .setServerId(RaftPeerId.valueOf(config.podId()))
                .setGroup(RaftSettings.group(config))
                .setStateMachine(stateMachine)
                .setProperties(RaftSettings.properties(config))
                .setParameters(parameters)
                .setOption(
                        formed
                                ? RaftStorage.StartupOption.RECOVER
                                : RaftStorage.StartupOption.FORMAT)
                .build();
    }

    private static RaftServer started(
            RaftServer server, RaftStoreConfig config, StoreStateMachine stateMachine)
            throws IOException {
        try {
            server.start();
            var last = server.getDivision(config.groupId()).getRaftLog().getLastEntryTermIndex();
            stateMachine.liveAbove(last == null ? 0 : last.getIndex());
            return server;
        } catch (IOException | RuntimeException e) {
            stateMachine.closing();
            try {
                end(server, config);
            } catch (IOException | RuntimeException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    /** A server that did not start closes nothing, though its member may run, and lead, already. */
    private static void end(RaftServer server, RaftStoreConfig config) throws IOException {
        try (StuckClose _ = StuckClose.watching(config.podId());
                RaftServerRpc _ = server.getServerRpc();
                RaftServer.Division _ = server.getDivision(config.groupId())) {
            server.close();
        }
    }
}
