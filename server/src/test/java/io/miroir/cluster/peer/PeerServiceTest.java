package io.miroir.cluster.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.grpc.stub.StreamObserver;
import io.miroir.proto.peer.ForwardHead;
import io.miroir.proto.peer.ForwardReply;
import io.miroir.proto.peer.ForwardRequest;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a pod says to a write that is passed to it, and in which order. */
class PeerServiceTest {
    /** Only a program that begins too early gets this time. */
    private static final long EARLY_MILLIS = 500;

    private final CountDownLatch begun = new CountDownLatch(1);

    /** Knows the answer without reading the body. */
    private final class Hasty implements PassedWriteHandler {
        @Override
        public boolean owns(String lane) {
            return true;
        }

        @Override
        public boolean letGo(String lane, Duration patience) {
            return false;
        }

        @Override
        public PassedAnswer run(PassedWrite write, InputStream body) {
            begun.countDown();
            return new PassedAnswer(503, Map.of(), "full");
        }
    }

    /** A call that is slow to send its first message. */
    private final class SlowCall extends FakeCall<ForwardReply> {
        private final CountDownLatch completed = new CountDownLatch(1);

        @Override
        public void onNext(ForwardReply reply) {
            if (reply.hasProceed()) {
                assertFalse(begins(), "the write began before its sender was told to proceed");
            }
            super.onNext(reply);
        }

        private boolean begins() {
            try {
                return begun.await(EARLY_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
            }
        }

        @Override
        public void onCompleted() {
            completed.countDown();
        }
    }

    @Test
    void anAnswerThatIsThereAtOnceComesAfterTheWordToProceed() throws Exception {
        var answers =
                new PeerServer.Answers(PeersTest.STANDING, new Hasty(), Optional::empty, List::of);
        PeerService service = new PeerService("pod-1", new PeersTest.Stranger(), answers);
        SlowCall call = new SlowCall();
        StreamObserver<ForwardRequest> sender = service.forward(call);
        ForwardHead head = ForwardHead.newBuilder().setLane("movies").build();
        sender.onNext(ForwardRequest.newBuilder().setHead(head).build());
        call.completed.await();
        assertEquals(
                List.of(ForwardReply.PartCase.PROCEED, ForwardReply.PartCase.ANSWER),
                call.sent().stream().map(ForwardReply::getPartCase).toList());
    }
}
