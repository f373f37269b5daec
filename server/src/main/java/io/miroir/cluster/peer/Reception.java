package io.miroir.cluster.peer;

import io.miroir.tls.LoadedKeys;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the peer port answers before the pod is whole: that it runs no lanes. The port opens first,
 * because pods greet each other before they open their stores.
 */
public final class Reception implements Standing, PassedWriteHandler {
    private record Parts(Standing standing, PassedWriteHandler writes, OpenStore store) {}

    private final AtomicReference<@Nullable Parts> parts = new AtomicReference<>();

    /** From now on these answer. */
    public void open(Standing standing, PassedWriteHandler writes, OpenStore store) {
        parts.set(new Parts(standing, writes, store));
    }

    /**
     * As the peer port wants it.
     *
     * @param keys what may be told of this pod's keys
     */
    public PeerServer.Answers answers(Supplier<List<LoadedKeys>> keys) {
        return new PeerServer.Answers(
                this, this, () -> Optional.ofNullable(parts.get()).map(Parts::store), keys);
    }

    @Override
    public boolean runsLanes() {
        Parts whole = parts.get();
        return whole != null && whole.standing().runsLanes();
    }

    @Override
    public long applied(long atLeast, Duration timeout) throws InterruptedException {
        Parts whole = parts.get();
        return whole == null ? 0 : whole.standing().applied(atLeast, timeout);
    }

    @Override
    public boolean owns(String lane) {
        Parts whole = parts.get();
        return whole != null && whole.writes().owns(lane);
    }

    /** A pod that is not whole yet runs no lane. */
    @Override
    public boolean letGo(String lane, Duration patience) throws InterruptedException {
        Parts whole = parts.get();
        return whole == null || whole.writes().letGo(lane, patience);
    }

    /** Only what it owns comes here, so it is whole. */
    @Override
    public PassedAnswer run(PassedWrite write, InputStream body) {
        return Objects.requireNonNull(parts.get()).writes().run(write, body);
    }
}
