package io.miroir.raft.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.Test;

/** What a follower's answer to an append says, where Ratis would say more. */
class RaftRequestsTest {
    private static final RaftGroupId GROUP = RaftGroupId.valueOf(new UUID(1, 2));

    private final AtomicLong synced = new AtomicLong();
    private AppendEntriesReplyProto ratisSays = AppendEntriesReplyProto.getDefaultInstance();

    private final RaftLog log = of(RaftLog.class, Map.of("getFlushIndex", synced::get));
    private final AtomicBoolean alive = new AtomicBoolean(true);
    private final AtomicInteger asked = new AtomicInteger();
    private final DivisionInfo info = of(DivisionInfo.class, Map.of("isAlive", alive::get));
    private final RaftServer.Division division =
            of(
                    RaftServer.Division.class,
                    Map.of(
                            "getRaftLog",
                            () -> log,
                            "getInfo",
                            () -> info,
                            "getId",
                            () -> RaftPeerId.valueOf("a")));
    private final RaftServer server =
            of(
                    RaftServer.class,
                    Map.of(
                            "getDivision",
                            () -> division,
                            "appendEntriesAsync",
                            says(
                                    () -> {
                                        asked.incrementAndGet();
                                        return CompletableFuture.completedFuture(ratisSays);
                                    })));
    private final RaftRequests requests =
            new RaftRequests(
                    server,
                    new ReadIndexes(
                            RaftPeerId.valueOf("a"),
                            _ -> Standing.of(division),
                            new Links("a", new Sockets(Optional.empty()), Map.of()),
                            1_000),
                    new Awaited(() -> {}));

    /** So that a future is seen to be one. */
    private static <T> Supplier<T> says(Supplier<T> answer) {
        return answer;
    }

    private static <T> T of(Class<T> type, Map<String, Supplier<?>> methods) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, _) ->
                                Objects.requireNonNull(
                                                methods.get(method.getName()), method::getName)
                                        .get()));
    }

    private CompletableFuture<? extends MessageLite> answer(AppendResult result, long matchIndex)
            throws IOException {
        ratisSays =
                AppendEntriesReplyProto.newBuilder()
                        .setResult(result)
                        .setMatchIndex(matchIndex)
                        .build();
        AppendEntriesRequestProto request =
                AppendEntriesRequestProto.newBuilder()
                        .setServerRequest(
                                RaftRpcRequestProto.newBuilder()
                                        .setRaftGroupId(
                                                ProtoUtils.toRaftGroupIdProtoBuilder(GROUP)))
                        .build();
        return requests.handle(Kind.APPEND, request.toByteString());
    }

    @Test
    void nothingIsAcknowledgedThatIsNotSynced() throws Exception {
        synced.set(10);
        assertEquals(ratisSays(AppendResult.SUCCESS, 10), ratisSays);
        assertTrue(answer(AppendResult.SUCCESS, 11).isCompletedExceptionally());
        synced.set(11);
        assertFalse(answer(AppendResult.SUCCESS, 11).isCompletedExceptionally());
    }

    @Test
    void whatTakesNothingIsAnswered() throws Exception {
        assertEquals(ratisSays(AppendResult.INCONSISTENCY, RaftLog.INVALID_LOG_INDEX), ratisSays);
        assertEquals(ratisSays(AppendResult.SUCCESS, RaftLog.INVALID_LOG_INDEX), ratisSays);
    }

    /** Its log would be full of what others send it, and not say any more why it ended. */
    @Test
    void ratisIsNotAskedWhenItsMemberHasEnded() {
        alive.set(false);
        assertThrows(IOException.class, () -> answer(AppendResult.SUCCESS, 0));
        assertEquals(0, asked.get());
    }

    private MessageLite ratisSays(AppendResult result, long matchIndex) throws Exception {
        return answer(result, matchIndex).get();
    }
}
