package io.miroir.cluster;

import io.miroir.api.keys.KeyRequests;
import io.miroir.duty.LeaderDuty;
import io.miroir.store.Rooms;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the API keys that every cluster begins with, once in its life. */
public final class FirstKeys implements LeaderDuty {
    private static final Logger LOG = LoggerFactory.getLogger(FirstKeys.class);
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final Supplier<String> uids;
    private boolean begun;

    /**
     * Keys that are not made yet.
     *
     * @param uids makes uids, which nobody can guess
     */
    public FirstKeys(Supplier<String> uids) {
        this.uids = uids;
    }

    @Override
    public String name() {
        return "first-keys";
    }

    @Override
    public Duration pause() {
        return PAUSE;
    }

    @Override
    public void step(Rooms fenced) {
        if (begun) {
            return;
        }
        boolean made =
                fenced.apiKeys()
                        .begin(
                                KeyRequests.defaults(Instant.EPOCH, uids).stream()
                                        .map(StoredKeys::row)
                                        .toList())
                        .orThrow();
        if (made) {
            LOG.info("the default API keys are made");
        }
        begun = true;
    }
}
