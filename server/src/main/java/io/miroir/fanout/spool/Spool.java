package io.miroir.fanout.spool;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A body being written. One thread writes, then either finishes or discards it. */
public final class Spool extends OutputStream {
    private static final int FILE_BUFFER_BYTES = 64 << 10;

    private final Spooler spooler;
    private Chunks memory = new Chunks();
    private @Nullable Path file;
    private @Nullable OutputStream fileOut;
    private long memoryTaken;
    private long fileTaken;

    Spool(Spooler spooler) {
        this.spooler = spooler;
    }

    @Override
    public void write(int single) {
        write(new byte[] {(byte) single}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        try {
            if (fileOut == null && fitsMemory(length)) {
                memory.write(bytes, offset, length);
            } else {
                spooler.takeFile(length);
                fileTaken += length;
                file().write(bytes, offset, length);
            }
        } catch (IOException failure) {
            throw spooler.failed(failure);
        }
    }

    /** Bytes written so far. */
    public long length() {
        return memory.length() + fileTaken;
    }

    /** What was written, to be read any number of times. */
    public Spooled finish() {
        try {
            if (fileOut == null) {
                return new Spooled(memory, null, () -> spooler.giveBackMemory(memoryTaken));
            }
            fileOut.close();
            return new Spooled(memory, file, this::giveBack);
        } catch (IOException failure) {
            discard();
            throw spooler.failed(failure);
        }
    }

    /** Forgets what was written. */
    public void discard() {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failure) {
            throw spooler.failed(failure);
        } finally {
            closeUnwritten();
            giveBack();
        }
    }

    private void closeUnwritten() {
        try {
            if (fileOut != null) {
                fileOut.close();
            }
        } catch (IOException unwritten) {
            // The file is gone: that its rest can't be written, as on a full disk, is nothing.
        }
    }

    private boolean fitsMemory(int more) {
        if (memory.length() + more > spooler.bodyMemoryBytes()) {
            return false;
        }
        long growth = memory.growth(more);
        if (growth > 0 && !spooler.takeMemory(growth)) {
            return false;
        }
        memoryTaken += growth;
        return true;
    }

    private OutputStream file() throws IOException {
        OutputStream out = fileOut;
        if (out == null) {
            Path created = spooler.newFile();
            file = created;
            out = new BufferedOutputStream(Files.newOutputStream(created), FILE_BUFFER_BYTES);
            fileOut = out;
            spooler.takeFile(memory.length());
            fileTaken += memory.length();
            memory.writeTo(out);
            memory = new Chunks();
            spooler.giveBackMemory(memoryTaken);
            memoryTaken = 0;
        }
        return out;
    }

    private void giveBack() {
        spooler.giveBackFile(fileTaken);
        spooler.giveBackMemory(memoryTaken);
        fileTaken = 0;
        memoryTaken = 0;
    }
}
