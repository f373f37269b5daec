package io.miroir.store;

/** Somebody waits for what a pod applies next, until this is closed. */
public interface Wanted extends AutoCloseable {
    @Override
    void close();
}
