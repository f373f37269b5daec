package io.miroir.cluster.peer;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.miroir.proto.peer.Answer;
import io.miroir.proto.peer.BackupChunk;
import io.miroir.proto.peer.BackupRequest;
import io.miroir.proto.peer.ChangeMembersReply;
import io.miroir.proto.peer.ChangeMembersRequest;
import io.miroir.proto.peer.DigestsReply;
import io.miroir.proto.peer.DigestsRequest;
import io.miroir.proto.peer.DumpRequest;
import io.miroir.proto.peer.ForwardHead;
import io.miroir.proto.peer.ForwardReply;
import io.miroir.proto.peer.ForwardRequest;
import io.miroir.proto.peer.GreetReply;
import io.miroir.proto.peer.GreetRequest;
import io.miroir.proto.peer.KeysReply;
import io.miroir.proto.peer.KeysRequest;
import io.miroir.proto.peer.LetGoReply;
import io.miroir.proto.peer.LetGoRequest;
import io.miroir.proto.peer.NotOwner;
import io.miroir.proto.peer.PeerGrpc;
import io.miroir.proto.peer.Proceed;
import io.miroir.proto.peer.StatusReply;
import io.miroir.proto.peer.StatusRequest;
import io.miroir.proto.peer.WatchReply;
import io.miroir.proto.peer.WatchRequest;
import io.miroir.tls.LoadedKeys;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers other pods. */
final class PeerService extends PeerGrpc.PeerImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(PeerService.class);

    /** Whoever asks waits no longer than this for one answer. */
    private static final Duration AWAIT_MAX = Duration.ofSeconds(1);

    private final String podId;
    private final Standing standing;
    private final PassedWriteHandler handler;
    private final Doorway doorway;
    private final StoreStreams streams;
    private final Supplier<List<LoadedKeys>> keys;
    private final Semaphore digesting = new Semaphore(1);

    PeerService(String podId, Doorway doorway, PeerServer.Answers answers) {
        this.podId = podId;
        this.doorway = doorway;
        this.standing = answers.standing();
        this.handler = answers.writes();
        this.streams = new StoreStreams(answers.store());
        this.keys = answers.keys();
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<WatchReply> replies) {
        streams.watch(request, (ServerCallStreamObserver<WatchReply>) replies);
    }

    @Override
    public void backup(BackupRequest request, StreamObserver<BackupChunk> chunks) {
        streams.backup((ServerCallStreamObserver<BackupChunk>) chunks);
    }

    @Override
    public void dump(DumpRequest request, StreamObserver<BackupChunk> chunks) {
        streams.dump(request.getUid(), (ServerCallStreamObserver<BackupChunk>) chunks);
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusReply> replies) {
        try {
            long applied = standing.applied(request.getAwaitAppliedIndex(), AWAIT_MAX);
            replies.onNext(
                    StatusReply.newBuilder()
                            .setPodId(podId)
                            .setReady(standing.runsLanes())
                            .setAppliedIndex(Math.max(0, applied))
                            .setRun(doorway.run())
                            .setFormat(doorway.knownFormat())
                            .build());
            replies.onCompleted();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            replies.onError(Status.UNAVAILABLE.asRuntimeException());
        }
    }

    @Override
    public void digests(DigestsRequest request, StreamObserver<DigestsReply> replies) {
        DigestWords.answer(doorway, digesting, request, replies);
    }

    @Override
    public void letGo(LetGoRequest request, StreamObserver<LetGoReply> replies) {
        try {
            boolean gone = handler.letGo(request.getLane(), AWAIT_MAX);
            replies.onNext(LetGoReply.newBuilder().setLetGo(gone).build());
            replies.onCompleted();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            replies.onError(Status.UNAVAILABLE.asRuntimeException());
        }
    }

    @Override
    public void keys(KeysRequest request, StreamObserver<KeysReply> replies) {
        replies.onNext(KeyWords.reply(keys.get()));
        replies.onCompleted();
    }

    @Override
    public void greet(GreetRequest request, StreamObserver<GreetReply> replies) {
        replies.onNext(MemberWords.reply(doorway.greet(MemberWords.greeting(request))));
        replies.onCompleted();
    }

    @Override
    public void changeMembers(
            ChangeMembersRequest request, StreamObserver<ChangeMembersReply> replies) {
        MemberWords.change(request)
                .ifPresentOrElse(
                        change -> {
                            replies.onNext(MemberWords.reply(doorway.change(change)));
                            replies.onCompleted();
                        },
                        () -> replies.onError(Status.UNIMPLEMENTED.asRuntimeException()));
    }

    @Override
    public StreamObserver<ForwardRequest> forward(StreamObserver<ForwardReply> replies) {
        var call = (ServerCallStreamObserver<ForwardReply>) replies;
        call.disableAutoRequest();
        call.request(1);
        ChunkStream body = new ChunkStream(() -> call.request(1));
        call.setOnCancelHandler(() -> body.broken("the sending pod is gone"));
        return new Incoming(call, body);
    }

    private void run(
            PassedWrite write, ChunkStream body, ServerCallStreamObserver<ForwardReply> call) {
        PassedAnswer answer;
        try {
            answer = handler.run(write, body);
        } catch (RuntimeException bug) {
            // The boundary of this thread: the sender learns that its write is undecided.
            LOG.error("passed write on lane {} failed", write.lane(), bug);
            call.onError(Status.INTERNAL.asRuntimeException());
            return;
        }
        if (call.isCancelled()) {
            return;
        }
        call.onNext(
                ForwardReply.newBuilder()
                        .setAnswer(
                                Answer.newBuilder()
                                        .setStatus(answer.status())
                                        .putAllHeaders(answer.headers())
                                        .setBody(answer.body()))
                        .build());
        call.onCompleted();
    }

    /** The parts of one forwarded write as they come. */
    private final class Incoming implements StreamObserver<ForwardRequest> {
        private final ServerCallStreamObserver<ForwardReply> call;
        private final ChunkStream body;
        private @Nullable Thread runner;

        Incoming(ServerCallStreamObserver<ForwardReply> call, ChunkStream body) {
            this.call = call;
            this.body = body;
        }

        @Override
        public void onNext(ForwardRequest request) {
            switch (request.getPartCase()) {
                case HEAD -> begin(request.getHead());
                case CHUNK -> body.add(request.getChunk());
                case PART_NOT_SET -> call.request(1);
            }
        }

        private void begin(ForwardHead head) {
            if (!standing.runsLanes() || !handler.owns(head.getLane())) {
                call.onNext(
                        ForwardReply.newBuilder()
                                .setNotOwner(NotOwner.getDefaultInstance())
                                .build());
                call.onCompleted();
                return;
            }
            var write =
                    new PassedWrite(head.getLane(), head.getOperation(), head.getParametersMap());
            call.onNext(ForwardReply.newBuilder().setProceed(Proceed.getDefaultInstance()).build());
            call.request(ChunkStream.AHEAD);
            // Only now: the call is for one thread at a time, and an answer that is there at once
            // must not overtake the word to proceed.
            runner =
                    Thread.ofVirtual()
                            .name("passed-" + head.getLane())
                            .start(() -> run(write, body, call));
        }

        @Override
        public void onError(Throwable lost) {
            body.broken("the sending pod is gone: " + lost.getMessage());
        }

        @Override
        public void onCompleted() {
            if (runner == null) {
                call.onCompleted();
            }
            body.end();
        }
    }
}
