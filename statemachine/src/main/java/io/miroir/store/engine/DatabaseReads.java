package io.miroir.store.engine;

import io.miroir.sqlite.Database;
import io.miroir.sqlite.Sql;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.StoreUnavailableException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads of this pod's database, after the backend's barrier where the level asks for it. */
public final class DatabaseReads implements Reads, AutoCloseable {
    private static final int SCANS_AT_ONCE = 2;

    private final Supplier<Database> database;
    private final Supplier<Reply<Long>> barrier;
    private final ExecutorService scans =
            Executors.newFixedThreadPool(
                    SCANS_AT_ONCE, Thread.ofPlatform().name("store-scan-", 0).daemon().factory());

    /**
     * @param database the one that is current: an installed snapshot replaces it
     * @param barrier waits until local reads are linearizable
     */
    public DatabaseReads(Supplier<Database> database, Supplier<Reply<Long>> barrier) {
        this.database = database;
        this.barrier = barrier;
    }

    @Override
    public <T> T point(ReadLevel level, Function<Sql, T> query) {
        reach(level);
        return database.get().read(query);
    }

    @Override
    public <T> T scan(ReadLevel level, Function<Sql, T> query) {
        reach(level);
        try {
            return scans.submit(() -> database.get().readConsistently(query)).get();
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

    private void reach(ReadLevel level) {
        switch (level) {
            case LOCAL -> {}
            case LINEARIZABLE -> barrier.get().orThrow();
        }
    }
}
