package io.miroir.fanout;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams that one exchange reads its body from. All are closed when the exchange is over,
 * however it ended; one that the client opens later than that is closed at once.
 */
final class SentStreams implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SentStreams.class);

    private final List<InputStream> open = new ArrayList<>();
    private boolean over;

    /** The same streams, remembered. */
    Supplier<InputStream> keeping(Supplier<InputStream> opener) {
        return () -> keep(opener.get());
    }

    private synchronized InputStream keep(InputStream in) {
        if (over) {
            close(in);
        } else {
            open.add(in);
        }
        return in;
    }

    @Override
    public synchronized void close() {
        over = true;
        open.forEach(SentStreams::close);
        open.clear();
    }

    private static void close(InputStream in) {
        try {
            in.close();
        } catch (IOException failed) {
            LOG.warn("a body did not close", failed);
        }
    }
}
