package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.cluster.peer.PassedAnswer;
import io.miroir.cluster.peer.PassedWrite;
import io.miroir.cluster.peer.PassedWriteHandler;
import io.miroir.cluster.peer.Passing;
import io.miroir.cluster.peer.Peers;
import io.miroir.fanout.spool.Spooled;
import io.miroir.fanout.spool.Spooler;
import io.miroir.store.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** A write on its way: into this pod's lane, or on to the pod that runs it. */
public final class WriteJourney implements PassedWriteHandler {
    private static final Logger LOG = LoggerFactory.getLogger(WriteJourney.class);
    private static final Duration FORWARD_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration OWNER_PATIENCE = Duration.ofSeconds(8);
    private static final Duration OWNER_PAUSE = Duration.ofMillis(100);

    private final LaneKeeper keeper;
    private final Peers peers;
    private final Spooler spooler;

    /** Passes writes on to {@code peers} where this pod's keeper does not own the lane. */
    public WriteJourney(LaneKeeper keeper, Peers peers, Spooler spooler) {
        this.keeper = keeper;
        this.peers = peers;
        this.spooler = spooler;
    }

    /**
     * Runs a write where its lane is.
     *
     * @param body read once, while the client sends it
     * @return 202 with the task, or what the owner answered
     * @throws ApiException for a write that is refused
     */
    public PassedAnswer write(WriteRequest request, InputStream body)
            throws IOException, InterruptedException {
        Patience patience = new Patience();
        // No byte of the body is read before somebody runs the lane, so another may be asked.
        while (!keeper.owns(request.indexUid())) {
            Optional<PassedAnswer> answer = passOn(passed(request), body);
            if (answer.isPresent()) {
                return answer.get();
            }
            patience.pause(request.indexUid());
        }
        return takeIn(request, body);
    }

    private PassedAnswer takeIn(WriteRequest request, InputStream body)
            throws IOException, InterruptedException {
        Patience patience = new Patience();
        Spooler.Received received = spooler.receive(body);
        try (var spooled = received.body()) {
            // What it would be refused for in its turn is not kept until then.
            TaskRoom.require(request, spooled.lengthBytes());
            while (true) {
                Optional<PassedAnswer> answer =
                        keeper.owns(request.indexUid())
                                ? keeper.run(request, received).map(WriteJourney::answer)
                                : passOnAgain(request, spooled);
                if (answer.isPresent()) {
                    return answer.get();
                }
                patience.pause(request.indexUid());
            }
        }
    }

    private Optional<PassedAnswer> passOnAgain(WriteRequest request, Spooled spooled)
            throws IOException {
        try (InputStream body = spooled.open()) {
            return passOn(passed(request), body);
        }
    }

    /** What the pod answers that runs the lane; empty if that one is not found yet. */
    Optional<PassedAnswer> passOn(PassedWrite passed, InputStream body) {
        String owner = keeper.ownerOf(passed.lane());
        return switch (peers.forward(owner, passed, body, FORWARD_TIMEOUT)) {
            case Passing.Answered answered -> Optional.of(answered.answer());
            case Passing.NotTaken _ -> Optional.empty();
            case Passing.Lost lost ->
                    throw new ApiException(
                            ErrorCode.MIROIR_INDETERMINATE,
                            "The pod that runs the lane was lost ("
                                    + lost.why()
                                    + "). It may have taken effect.");
        };
    }

    /** How long a request waits for somebody to run its lane. */
    static final class Patience {
        private final long giveUpNanos = System.nanoTime() + OWNER_PATIENCE.toNanos();

        void pause(String lane) throws InterruptedException {
            if (System.nanoTime() > giveUpNanos) {
                throw new ApiException(
                        ErrorCode.MIROIR_OVERLOADED,
                        "No pod runs the lane of index `"
                                + lane
                                + "` at the moment. Nothing was changed.");
            }
            Thread.sleep(OWNER_PAUSE);
        }
    }

    @Override
    public boolean owns(String lane) {
        return keeper.owns(lane);
    }

    @Override
    public boolean letGo(String lane, Duration patience) throws InterruptedException {
        return keeper.letGo(lane, patience);
    }

    @Override
    public PassedAnswer run(PassedWrite write, InputStream body) {
        return told(
                write,
                () -> {
                    Operation operation =
                            Operation.of(write.operation())
                                    .orElseThrow(() -> unknown(write.operation()));
                    return takeIn(
                            new WriteRequest(operation, write.lane(), write.parameters()), body);
                });
    }

    private static ApiException unknown(String operation) {
        return new ApiException(
                ErrorCode.MIROIR_NOT_IMPLEMENTED, "This pod does not know " + operation);
    }

    /** What another pod passed on. */
    interface Passed {
        PassedAnswer run() throws IOException, InterruptedException;
    }

    /** The boundary for what other pods pass on: what is thrown here is told there. */
    static PassedAnswer told(PassedWrite write, Passed passed) {
        try {
            return passed.run();
        } catch (ApiException refusal) {
            return new PassedAnswer(refusal.status(), Map.of(), Json.text(refusal.toJson()));
        } catch (StoreUnavailableException unavailable) {
            ObjectNode error =
                    ApiException.error(
                            ErrorCode.MIROIR_OVERLOADED, unavailable.refusal().message());
            return new PassedAnswer(503, Map.of(), Json.text(error));
        } catch (IOException broken) {
            LOG.info("passed write on lane {} broke off: {}", write.lane(), broken.getMessage());
            throw new UncheckedIOException(broken);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped", stopped);
        }
    }

    private static PassedWrite passed(WriteRequest request) {
        return new PassedWrite(
                request.indexUid(), request.operation().wireName(), request.parameters());
    }

    private static PassedAnswer answer(LaneReply reply) {
        ObjectNode body = Json.object();
        body.put("taskUid", reply.taskUid());
        body.put("indexUid", reply.indexUid());
        body.put("status", "enqueued");
        body.put("type", reply.type().wireName());
        body.put("enqueuedAt", micros(reply.enqueuedAt()).toString());
        if (reply.customMetadata() != null) {
            body.put("customMetadata", reply.customMetadata());
        }
        return new PassedAnswer(202, reply.headers(), Json.text(body));
    }

    private static Instant micros(long epochMicros) {
        return Instant.EPOCH
                .plusSeconds(epochMicros / 1_000_000)
                .plusNanos(epochMicros % 1_000_000 * 1_000);
    }
}
