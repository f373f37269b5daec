package io.miroir.fanout.export;

import io.miroir.api.HttpUrl;
import io.miroir.api.IpRules;
import io.miroir.fanout.outside.OutsideClient;
import io.miroir.fanout.outside.OutsideClient.Reply;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Asks another Meilisearch, once. */
public final class ExportClient implements AutoCloseable {
    /** Of an answer nobody needs more. */
    private static final int ANSWER_BYTES_MAX = 64 << 10;

    private final OutsideClient client;

    /**
     * What is asked.
     *
     * @param target the whole URL
     * @param apiKey sent as the bearer's; null for none
     * @param timeout of the whole request and its answer
     */
    public record Call(
            String method, HttpUrl target, @Nullable String apiKey, Body body, Duration timeout) {
        private void headers(BiConsumer<String, String> to) {
            if (apiKey != null) {
                to.accept("Authorization", "Bearer " + apiKey);
            }
            if (body.bytes.length > 0) {
                to.accept("Content-Type", body.type);
                if (body.encoding != null) {
                    to.accept("Content-Encoding", body.encoding);
                }
            }
        }
    }

    /** What is sent. */
    public static final class Body {
        /** Nothing. */
        public static final Body NONE = new Body(new byte[0], "", null);

        private final byte[] bytes;
        private final String type;
        private final @Nullable String encoding;

        /**
         * Sends something.
         *
         * @param type its media type
         * @param encoding how it is encoded; null if it is not
         */
        public Body(byte[] bytes, String type, @Nullable String encoding) {
            this.bytes = bytes;
            this.type = type;
            this.encoding = encoding;
        }
    }

    /** A client that speaks to these addresses. */
    public ExportClient(IpRules rules) {
        this.client = new OutsideClient(rules);
    }

    /** Asks. */
    public Reply ask(Call call) throws InterruptedException {
        return client.ask(
                new OutsideClient.Call(
                        call.method(),
                        call.target(),
                        call::headers,
                        ANSWER_BYTES_MAX,
                        call.timeout()),
                call.body().bytes);
    }

    @Override
    public void close() {
        client.close();
    }
}
