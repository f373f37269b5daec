package io.miroir.fanout.spool;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A body that was taken in. Closing the last share of it frees its memory or deletes its file. */
public final class Spooled implements AutoCloseable {
    private final Chunks memory;
    private final @Nullable Path file;
    private final Runnable giveBack;
    private final long lengthBytes;
    private final AtomicInteger shares;
    private boolean closed;

    Spooled(Chunks memory, @Nullable Path file, Runnable giveBack) throws IOException {
        this(
                memory,
                file,
                giveBack,
                file == null ? memory.length() : Files.size(file),
                new AtomicInteger(1));
    }

    private Spooled(
            Chunks memory,
            @Nullable Path file,
            Runnable giveBack,
            long lengthBytes,
            AtomicInteger shares) {
        this.memory = memory;
        this.file = file;
        this.giveBack = giveBack;
        this.lengthBytes = lengthBytes;
        this.shares = shares;
    }

    /** A body that was never spooled: nothing. */
    public static Spooled empty() {
        try {
            return new Spooled(new Chunks(), null, () -> {});
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** The same body for somebody else, who closes it as well. This one must be open. */
    public Spooled share() {
        shares.incrementAndGet();
        return new Spooled(memory, file, giveBack, lengthBytes, shares);
    }

    /** How many bytes {@link #open} gives. */
    public long lengthBytes() {
        return lengthBytes;
    }

    /** The body from its beginning. */
    public InputStream open() {
        try {
            return file == null
                    ? memory.open()
                    : new BufferedInputStream(Files.newInputStream(file), 64 << 10);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (shares.decrementAndGet() > 0) {
            return;
        }
        giveBack.run();
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
