package io.miroir.cluster.peer;

import io.grpc.stub.ServerCallStreamObserver;
import io.miroir.proto.peer.DigestsReply;
import io.miroir.raft.ComparedTables;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Another pod that has asked for digests, as long as it waits for them. For one thread. */
final class Asking implements ComparedTables.Asker {
    static final long SIGN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ServerCallStreamObserver<DigestsReply> call;
    private final boolean signs;
    private final LongSupplier nanoTime;
    private long index;
    private long toldNanos;

    /**
     * @param signs whether it wants to hear meanwhile that they are being made
     */
    Asking(ServerCallStreamObserver<DigestsReply> call, boolean signs, LongSupplier nanoTime) {
        this.call = call;
        this.signs = signs;
        this.nanoTime = nanoTime;
    }

    @Override
    public void at(long entry) {
        index = entry;
        tell();
    }

    @Override
    public void meanwhile() {
        if (call.isCancelled()) {
            throw new CancellationException("the pod that asked for digests is gone");
        }
        if (signs && nanoTime.getAsLong() - toldNanos >= SIGN_NANOS) {
            tell();
        }
    }

    private void tell() {
        call.onNext(DigestsReply.newBuilder().setAt(index).build());
        toldNanos = nanoTime.getAsLong();
    }
}
