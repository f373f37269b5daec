package io.miroir.store;

/** A running subscription; closing it ends the calls (one may be under way still). */
public interface Watch extends AutoCloseable {
    @Override
    void close();
}
