package io.miroir.cluster.peer;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A call whose other side takes what the test says. */
class FakeCall<T> extends ServerCallStreamObserver<T> {
    private final List<T> sent = new CopyOnWriteArrayList<>();
    private Runnable onReady = () -> {};
    private Runnable onCancel = () -> {};
    private volatile boolean ready;
    private volatile boolean cancelled;

    /** All messages so far. */
    List<T> sent() {
        return sent;
    }

    void takesMore(boolean more) {
        ready = more;
        onReady.run();
    }

    void hangsUp() {
        cancelled = true;
        onCancel.run();
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
        onCancel = handler;
    }

    @Override
    public void setCompression(String compression) {}

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
        onReady = handler;
    }

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void disableAutoRequest() {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void onNext(T message) {
        sent.add(message);
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
}
