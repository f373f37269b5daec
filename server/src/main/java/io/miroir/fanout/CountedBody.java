package io.miroir.fanout;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/** A body that is given up as soon as there is no room for it. */
final class CountedBody implements BodySubscriber<byte[]> {
    private final BodySubscriber<byte[]> whole = BodySubscribers.ofByteArray();
    private final AnswerBudget.Share share;
    private @Nullable Subscription subscription;

    /** There is no room for more of the answer. */
    static final class NoRoomException extends IOException {
        private static final long serialVersionUID = 1;

        NoRoomException() {
            super("no room for the answer");
        }
    }

    private CountedBody(AnswerBudget.Share share) {
        this.share = share;
    }

    /** Reads a body within a share; null counts nothing. */
    static BodyHandler<byte[]> within(AnswerBudget.@Nullable Share share) {
        return share == null ? BodyHandlers.ofByteArray() : _ -> new CountedBody(share);
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return whole.getBody();
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
        whole.onSubscribe(given);
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        long more = bytes.stream().mapToLong(ByteBuffer::remaining).sum();
        if (share.take(more)) {
            whole.onNext(bytes);
        } else {
            if (subscription != null) {
                subscription.cancel();
            }
            whole.onError(new NoRoomException());
        }
    }

    @Override
    public void onError(Throwable failed) {
        whole.onError(failed);
    }

    @Override
    public void onComplete() {
        whole.onComplete();
    }
}
