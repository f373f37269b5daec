package io.miroir.cluster.peer;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends no faster than the other side takes: gRPC itself would keep what waits in memory, without
 * an end. Made where the call begins, used on another thread.
 */
final class PacedCall<T> {
    private final ServerCallStreamObserver<T> call;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    PacedCall(ServerCallStreamObserver<T> call) {
        this.call = call;
        call.setOnReadyHandler(this::wake);
        call.setOnCancelHandler(this::wake);
    }

    /** Waits until there is room; answers whether anyone still listens. */
    boolean send(T message) {
        lock.lock();
        try {
            while (!call.isReady() && !call.isCancelled()) {
                changed.awaitUninterruptibly();
            }
            if (call.isCancelled()) {
                return false;
            }
            call.onNext(message);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nobody listens any more. */
    void awaitGone() {
        lock.lock();
        try {
            while (!call.isCancelled()) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
