package io.miroir.store.engine;

import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseClosedException;
import io.miroir.sqlite.Sql;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.task.TaskIndex;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Reads of this pod's database, after the backend's barrier where the level asks for it. */
public final class DatabaseReads implements Reads, AutoCloseable {
    private static final int SCANS_AT_ONCE = 2;

    /** A replacement takes milliseconds; a store that closes has none. */
    private static final int REPLACEMENT_WAITS_MAX = 50;

    private static final long REPLACEMENT_WAIT_NANOS = 20_000_000;

    private final Supplier<StoreEngine> engine;
    private final LongSupplier nowMicros;
    private final Supplier<Reply<Long>> barrier;
    private final StoreMetrics metrics;
    private final ExecutorService scans =
            Executors.newFixedThreadPool(
                    SCANS_AT_ONCE, Thread.ofPlatform().name("store-scan-", 0).daemon().factory());

    /**
     * @param engine the one that is current: an installed snapshot replaces it
     * @param nowMicros estimate of store time
     * @param barrier waits until local reads are linearizable
     */
    public DatabaseReads(
            Supplier<StoreEngine> engine,
            LongSupplier nowMicros,
            Supplier<Reply<Long>> barrier,
            StoreMetrics metrics) {
        this.engine = engine;
        this.nowMicros = nowMicros;
        this.barrier = barrier;
        this.metrics = metrics;
    }

    @Override
    public long nowMicros() {
        return nowMicros.getAsLong();
    }

    @Override
    public int clusterFormat() {
        return engine.get().formats().cluster();
    }

    @Override
    public TaskIndex tasks() {
        return engine.get().tasks();
    }

    @Override
    public <T> T point(ReadLevel level, Function<Sql, T> query) {
        reach(level);
        return open(current -> current.read(query));
    }

    @Override
    public <T> T scan(ReadLevel level, Function<Sql, T> query) {
        reach(level);
        try {
            return scans.submit(() -> open(current -> current.readConsistently(query))).get();
        } catch (RejectedExecutionException e) {
            throw new StoreUnavailableException(new Refusal.Closed());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause
                    ? cause
                    : new IllegalStateException("a read failed", e);
        }
    }

    @Override
    public void close() {
        scans.close();
    }

    /** Reads; once more if an installed snapshot replaces the database meanwhile. */
    private <T> T open(Function<Database, T> read) {
        Database current = engine.get().database();
        try {
            return read.apply(current);
        } catch (DatabaseClosedException e) {
            return read.apply(replacementOf(current));
        }
    }

    private Database replacementOf(Database closed) {
        for (int waits = 0; waits < REPLACEMENT_WAITS_MAX; waits++) {
            Database next = engine.get().database();
            if (next != closed) {
                return next;
            }
            LockSupport.parkNanos(REPLACEMENT_WAIT_NANOS);
        }
        throw new StoreUnavailableException(new Refusal.Closed());
    }

    private void reach(ReadLevel level) {
        metrics.read(level);
        switch (level) {
            case LOCAL -> {}
            case LINEARIZABLE -> {
                long startedNanos = System.nanoTime();
                Reply<Long> reached = barrier.get();
                metrics.barrier(System.nanoTime() - startedNanos);
                reached.orThrow();
            }
        }
    }
}
