package io.miroir.cluster.peer;

import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.miroir.proto.peer.BackupChunk;
import io.miroir.store.backup.BackupStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/** A backup that another pod has made: taken from it as fast as it is passed on, no faster. */
record PeerBackup(BlockingClientCall<?, BackupChunk> call, long bytes) implements BackupStream {

    @Override
    public void writeTo(OutputStream out) throws IOException {
        try {
            for (BackupChunk chunk = call.read(); chunk != null; chunk = call.read()) {
                chunk.getBytes().writeTo(out);
            }
        } catch (StatusException brokenOff) {
            throw new IOException("the other pod broke off", brokenOff);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while another pod sent its backup");
        }
    }

    /** The other pod deletes its copy. */
    @Override
    public void close() {
        call.cancel("closed", null);
    }
}
