package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.cluster.peer.PassedAnswer;
import io.miroir.cluster.peer.PassedWrite;
import io.miroir.cluster.peer.PassedWriteHandler;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What only the pod that runs a lane can do, and is no write. Any pod may be asked for it: it is
 * passed on as writes are.
 */
public final class LaneErrands implements PassedWriteHandler {
    private final WriteJourney writes;
    private final Map<String, Errand> errands;

    /** One kind of errand, at the pod that runs the lane as far as it can see. */
    @FunctionalInterface
    public interface Errand {
        /**
         * Runs it.
         *
         * @throws ApiException if it is refused
         */
        PassedAnswer run(String lane, Map<String, String> parameters) throws InterruptedException;
    }

    /**
     * Runs errands where the lanes of writes are.
     *
     * @param errands by their operations, none of which is a write's
     */
    public LaneErrands(WriteJourney writes, Map<String, Errand> errands) {
        this.writes = writes;
        this.errands = Map.copyOf(errands);
    }

    /**
     * Runs an errand where its lane is.
     *
     * @return what its runner answered, here or on another pod
     * @throws ApiException if it is refused here, or nobody knows what became of it
     */
    public PassedAnswer run(PassedWrite asked) throws InterruptedException {
        WriteJourney.Patience patience = new WriteJourney.Patience();
        while (!writes.owns(asked.lane())) {
            Optional<PassedAnswer> answer = writes.passOn(asked, InputStream.nullInputStream());
            if (answer.isPresent()) {
                return answer.get();
            }
            patience.pause(asked.lane());
        }
        return errand(asked)
                .orElseThrow(() -> new IllegalArgumentException(asked.operation()))
                .run(asked.lane(), asked.parameters());
    }

    private Optional<Errand> errand(PassedWrite asked) {
        return Optional.ofNullable(errands.get(asked.operation()));
    }

    @Override
    public boolean owns(String lane) {
        return writes.owns(lane);
    }

    @Override
    public boolean letGo(String lane, Duration patience) throws InterruptedException {
        return writes.letGo(lane, patience);
    }

    @Override
    public PassedAnswer run(PassedWrite write, InputStream body) {
        return errand(write)
                .map(
                        errand ->
                                WriteJourney.told(
                                        write, () -> errand.run(write.lane(), write.parameters())))
                .orElseGet(() -> writes.run(write, body));
    }
}
