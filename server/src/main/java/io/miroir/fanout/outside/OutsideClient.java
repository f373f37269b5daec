package io.miroir.fanout.outside;

import io.miroir.api.HttpUrl;
import io.miroir.api.IpRules;
import io.miroir.tls.LazyTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;

/**
 * Calls servers that clients name, where the operator lets it. Whoever names them may also say
 * where their names lead, and say it otherwise a moment later: a name is asked for once a call, and
 * the addresses that were looked at are those that are called. Redirects and proxies are not
 * followed.
 */
public final class OutsideClient implements AutoCloseable {
    private final IpRules rules;
    private final Names names;
    private final SSLContext tls;
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();

    /** Where names lead. */
    @FunctionalInterface
    interface Names {
        /** All addresses, of which there is one at least. */
        List<InetAddress> of(String host) throws UnknownHostException;
    }

    /**
     * What is asked.
     *
     * @param headers gives them away; those of the connection are passed over
     * @param answerBytesMax as much of the answer's body is read
     * @param timeMax until all of that has come
     */
    public record Call(
            String method,
            HttpUrl url,
            Consumer<BiConsumer<String, String>> headers,
            int answerBytesMax,
            Duration timeMax) {}

    /** What came of it. */
    public sealed interface Reply {
        record Answered(int status, String body) implements Reply {
            /** Whether it was done. */
            public boolean ok() {
                return status >= 200 && status < 300;
            }
        }

        /** Nobody answers. */
        record Unreached(String why) implements Reply {}

        /** Nobody is asked: the address is a local one that the operator does not allow. */
        record Forbidden(InetAddress address) implements Reply {}
    }

    /** A client that calls these addresses. */
    public OutsideClient(IpRules rules) {
        this(rules, host -> List.of(InetAddress.getAllByName(host)), LazyTls.get());
    }

    OutsideClient(IpRules rules, Names names, SSLContext tls) {
        this.rules = rules;
        this.names = names;
        this.tls = tls;
    }

    /**
     * Calls, once.
     *
     * @param payload never changed after
     */
    public Reply ask(Call call, byte[] payload) throws InterruptedException {
        Future<Reply> reply;
        try {
            reply = calls.submit(() -> reply(call, payload));
        } catch (RejectedExecutionException closed) {
            return new Reply.Unreached("this pod stops");
        }
        try {
            return reply.get(call.timeMax().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            return new Reply.Unreached(
                    "no whole answer within " + call.timeMax().toSeconds() + " s");
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException unreached) {
                return new Reply.Unreached(unreached.toString());
            }
            throw new IllegalStateException("calling " + call.url().host(), failed.getCause());
        } finally {
            // Closes its connection, if it waits there still.
            reply.cancel(true);
        }
    }

    private Reply reply(Call call, byte[] payload) throws IOException {
        List<InetAddress> addresses;
        try {
            addresses = names.of(call.url().host());
        } catch (UnknownHostException unknown) {
            return new Reply.Unreached(
                    "failed to lookup address information: Name or service not known");
        }
        for (InetAddress address : addresses) {
            if (!rules.allows(address)) {
                return new Reply.Forbidden(address);
            }
        }
        OutsideHost.Answer answer =
                new OutsideHost(call.url(), addresses, tls, call.timeMax()).call(call, payload);
        String body = StandardCharsets.UTF_8.decode(answer.body()).toString();
        return new Reply.Answered(answer.status(), body);
    }

    @Override
    public void close() {
        calls.shutdownNow();
    }
}
