package io.miroir.store.backup;

import java.io.IOException;
import java.io.OutputStream;

/** A backup that is made and waits to be sent. It must be closed, sent or not. */
public interface BackupStream extends AutoCloseable {
    /** Bytes of what {@link #writeTo} writes. */
    long bytes();

    /** Writes the backup, once. */
    void writeTo(OutputStream out) throws IOException;

    @Override
    void close() throws IOException;
}
