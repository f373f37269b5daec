package io.miroir.cluster.peer;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.miroir.proto.peer.DigestsReply;
import io.miroir.proto.peer.DigestsRequest;
import io.miroir.proto.peer.TableDigests;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Digests of tables between two pods, on the wire. */
final class DigestWords {
    private static final Logger LOG = LoggerFactory.getLogger(DigestWords.class);

    /** Two seconds: the other pod may wait one for an entry. */
    private static final long AT_SECONDS_MAX = 2;

    /** How long the other pod may say nothing while it makes them. */
    private static final long SILENCE_SECONDS_MAX = 120;

    private DigestWords() {}

    static DigestsRequest request(DigestsAsked asked) {
        return DigestsRequest.newBuilder()
                .setClusterId(asked.clusterId().toString())
                .setAtLeast(Math.max(0, asked.atLeast()))
                .setDatabaseFormat(asked.databaseFormat())
                .setSignsOfLife(true)
                .build();
    }

    private static Optional<DigestsAsked> asked(DigestsRequest request) {
        try {
            return Optional.of(
                    new DigestsAsked(
                            UUID.fromString(request.getClusterId()),
                            request.getAtLeast(),
                            request.getDatabaseFormat()));
        } catch (IllegalArgumentException noUuid) {
            return Optional.empty();
        }
    }

    /** Reads the answer; whoever asks says whether it has come to the entry too. */
    static DigestsTold told(BlockingClientCall<?, DigestsReply> call, LongPredicate atToo) {
        try {
            DigestsReply first = call.read(AT_SECONDS_MAX, TimeUnit.SECONDS);
            if (first == null || !first.hasAt() || !atToo.test(first.getAt())) {
                call.cancel("not at the same entry", null);
                return new DigestsTold.NotNow("not at the same entry");
            }
            DigestsReply last = call.read(SILENCE_SECONDS_MAX, TimeUnit.SECONDS);
            while (last != null && last.hasAt()) {
                last = call.read(SILENCE_SECONDS_MAX, TimeUnit.SECONDS);
            }
            return last != null && last.hasDigests()
                    ? new DigestsTold.Told(
                            last.getDigests().getSha256ByTableMap(), last.getDigests().getProven())
                    : new DigestsTold.NotNow("no digests");
        } catch (StatusException refused) {
            String why = String.valueOf(refused.getMessage());
            return switch (refused.getStatus().getCode()) {
                case UNIMPLEMENTED, FAILED_PRECONDITION -> new DigestsTold.Incomparable(why);
                default -> new DigestsTold.NotNow(why);
            };
        } catch (TimeoutException | RuntimeException failed) {
            call.cancel("failed", failed);
            return new DigestsTold.NotNow(failed.toString());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            call.cancel("interrupted", stopped);
            return new DigestsTold.NotNow("interrupted");
        }
    }

    /** Answers, if none is being made: on a thread of its own, which SQLite holds for long. */
    static void answer(
            Doorway doorway,
            Semaphore turn,
            DigestsRequest request,
            StreamObserver<DigestsReply> replies) {
        Optional<DigestsAsked> asked = asked(request);
        if (asked.isEmpty()) {
            replies.onError(Status.INVALID_ARGUMENT.asRuntimeException());
        } else if (!turn.tryAcquire()) {
            replies.onError(
                    Status.RESOURCE_EXHAUSTED
                            .withDescription("busy with the digests for another pod")
                            .asRuntimeException());
        } else {
            // Whoever asks may go meanwhile: that is no trouble here.
            var call = (ServerCallStreamObserver<DigestsReply>) replies;
            call.setOnCancelHandler(() -> {});
            Asking asking = new Asking(call, request.getSignsOfLife(), System::nanoTime);
            Thread.ofPlatform()
                    .name("peer-digests")
                    .daemon()
                    .start(
                            () -> {
                                try {
                                    answer(doorway, asked.get(), asking, replies);
                                } catch (CancellationException gone) {
                                    LOG.info("{}", gone.getMessage());
                                } catch (RuntimeException failed) {
                                    // The boundary of this thread.
                                    LOG.error("no digests for another pod", failed);
                                    replies.onError(Status.INTERNAL.asRuntimeException());
                                } finally {
                                    turn.release();
                                }
                            });
        }
    }

    private static void answer(
            Doorway doorway,
            DigestsAsked asked,
            Asking asking,
            StreamObserver<DigestsReply> replies) {
        switch (doorway.digests(asked, asking)) {
            case DigestsTold.Told(var digests, boolean proven) -> {
                replies.onNext(
                        DigestsReply.newBuilder()
                                .setDigests(
                                        TableDigests.newBuilder()
                                                .putAllSha256ByTable(digests)
                                                .setProven(proven))
                                .build());
                replies.onCompleted();
            }
            case DigestsTold.Incomparable(String why) ->
                    replies.onError(
                            Status.FAILED_PRECONDITION.withDescription(why).asRuntimeException());
            case DigestsTold.NotNow(String why) ->
                    replies.onError(Status.UNAVAILABLE.withDescription(why).asRuntimeException());
        }
    }
}
