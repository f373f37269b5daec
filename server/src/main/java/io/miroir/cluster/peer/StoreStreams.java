package io.miroir.cluster.peer;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.miroir.proto.peer.AppliedRows;
import io.miroir.proto.peer.BackupChunk;
import io.miroir.proto.peer.WatchReply;
import io.miroir.proto.peer.WatchRequest;
import io.miroir.store.Change;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.TaskStore;
import io.miroir.store.Watch;
import io.miroir.store.Watcher;
import io.miroir.store.backup.BackupStream;
import io.miroir.store.backup.OnlineBackup.Taken;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What others follow and copy of this pod's store. Each stream has a virtual thread of its own. */
final class StoreStreams {
    private static final Logger LOG = LoggerFactory.getLogger(StoreStreams.class);

    /** Pods that follow this one; each may hold a ring of changes that wait for it. */
    static final int WATCHES_MAX = 16;

    /** Of one command or pack; beyond it a watcher is told to read everything anew. */
    static final int ROWS_MAX = 10_000;

    private static final int CHUNK_BYTES = 64 << 10;

    private final Supplier<Optional<OpenStore>> open;
    private final Semaphore watches = new Semaphore(WATCHES_MAX);

    StoreStreams(Supplier<Optional<OpenStore>> open) {
        this.open = open;
    }

    void watch(WatchRequest request, ServerCallStreamObserver<WatchReply> call) {
        Optional<OpenStore> store = open.get();
        if (store.isEmpty()) {
            call.onError(Status.UNAVAILABLE.withDescription("not open yet").asRuntimeException());
        } else if (!watches.tryAcquire()) {
            call.onError(
                    Status.RESOURCE_EXHAUSTED
                            .withDescription(WATCHES_MAX + " follow this pod already")
                            .asRuntimeException());
        } else {
            PacedCall<WatchReply> paced = new PacedCall<>(call);
            Thread.ofVirtual()
                    .name("peer-watch")
                    .start(() -> follow(store.get().store(), request, paced));
        }
    }

    private void follow(TaskStore store, WatchRequest request, PacedCall<WatchReply> call) {
        Watcher sending = new Sending(call);
        try (Watch _ =
                request.hasAfterIndex()
                        ? store.watch(sending, request.getAfterIndex())
                        : store.watch(sending)) {
            call.awaitGone();
        } finally {
            watches.release();
        }
    }

    /** Stands still while the other side does: then its ring fills, and it is told to resync. */
    private record Sending(PacedCall<WatchReply> call) implements Watcher {
        @Override
        public void applied(long index, List<Change> changes) {
            AppliedRows.Builder rows = AppliedRows.newBuilder().setIndex(index);
            changes.forEach(change -> ChangeWords.add(change, rows));
            if (rows.getRowCount() > ROWS_MAX) {
                resync(index);
            } else {
                boolean _ = call.send(WatchReply.newBuilder().setApplied(rows).build());
            }
        }

        @Override
        public void resync(long index) {
            boolean _ = call.send(WatchReply.newBuilder().setResync(index).build());
        }
    }

    void backup(ServerCallStreamObserver<BackupChunk> call) {
        send("peer-backup", call, StoreStreams::copy);
    }

    void dump(String uid, ServerCallStreamObserver<BackupChunk> call) {
        send("peer-dump", call, (store, paced) -> dump(store, uid, paced));
    }

    /** Sends a file; how it ended. */
    @FunctionalInterface
    private interface Sender {
        Status send(OpenStore store, PacedCall<BackupChunk> call);
    }

    private void send(String thread, ServerCallStreamObserver<BackupChunk> call, Sender sender) {
        PacedCall<BackupChunk> paced = new PacedCall<>(call);
        Thread.ofVirtual()
                .name(thread)
                .start(
                        () -> {
                            Status end =
                                    open.get()
                                            .map(store -> sender.send(store, paced))
                                            .orElse(
                                                    Status.UNAVAILABLE.withDescription(
                                                            "not open yet"));
                            if (end.isOk()) {
                                call.onCompleted();
                            } else {
                                call.onError(end.asRuntimeException());
                            }
                        });
    }

    private static Status dump(OpenStore store, String uid, PacedCall<BackupChunk> call) {
        Optional<BackupStream> dump = store.dumps().apply(uid);
        if (dump.isEmpty()) {
            return Status.NOT_FOUND.withDescription("no dump " + uid);
        }
        try (BackupStream file = dump.get()) {
            write(file, call);
            return Status.OK;
        } catch (IOException e) {
            LOG.warn("a dump for another pod was cut off: {}", e.toString());
            return Status.ABORTED.withDescription(e.getMessage());
        }
    }

    private static void write(BackupStream file, PacedCall<BackupChunk> call) throws IOException {
        try (OutputStream out = new BufferedOutputStream(new Chunks(call), CHUNK_BYTES)) {
            boolean _ = call.send(BackupChunk.newBuilder().setTotalBytes(file.bytes()).build());
            file.writeTo(out);
        }
    }

    private static Status copy(OpenStore store, PacedCall<BackupChunk> call) {
        try {
            return switch (store.backups().take()) {
                case Taken.Busy _ -> Status.UNAVAILABLE.withDescription("a backup is under way");
                case Taken.NoRoom _ -> Status.RESOURCE_EXHAUSTED.withDescription("no room on disk");
                case Taken.Copy copy -> {
                    try (copy) {
                        write(copy, call);
                    }
                    yield Status.OK;
                }
            };
        } catch (StoreUnavailableException e) {
            return Status.UNAVAILABLE.withDescription(e.getMessage());
        } catch (IOException e) {
            LOG.warn("a backup for another pod was cut off: {}", e.toString());
            return Status.ABORTED.withDescription(e.getMessage());
        }
    }

    private static final class Chunks extends OutputStream {
        private final PacedCall<BackupChunk> call;

        Chunks(PacedCall<BackupChunk> call) {
            this.call = call;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int at = 0; at < length; at += CHUNK_BYTES) {
                int end = Math.min(length, at + CHUNK_BYTES);
                byte[] chunk = Arrays.copyOfRange(bytes, offset + at, offset + end);
                if (!call.send(
                        BackupChunk.newBuilder()
                                .setBytes(UnsafeByteOperations.unsafeWrap(chunk))
                                .build())) {
                    throw new IOException("the other pod does not listen any more");
                }
            }
        }
    }
}
