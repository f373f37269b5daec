package io.miroir.bench.load;

import io.miroir.api.Json;
import io.miroir.bench.tools.Await;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Clients that search and clients that write, each one request at a time and a moment's rest
 * between two, so that the load is the same whatever the answers take.
 */
final class LiveLoad implements AutoCloseable {
    private static final int SEARCHERS = 4;
    private static final int WRITERS = 2;
    private static final Duration SEARCH_REST = Duration.ofMillis(40);
    private static final Duration WRITE_REST = Duration.ofMillis(200);

    private final Server server;
    private final String index;
    private final List<KnownSearch> searches;
    private final int documents;
    private final List<Writer> writers = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> clients = new ArrayList<>();
    private volatile List<Seen> told = List.of();
    private volatile boolean stopped;

    /**
     * Has not begun.
     *
     * @param documents that are there, and that no writer touches
     */
    LiveLoad(Server server, String index, int documents, List<KnownSearch> searches) {
        this.server = server;
        this.index = index;
        this.documents = documents;
        this.searches = List.copyOf(searches);
        for (int i = 0; i < WRITERS; i++) {
            writers.add(new Writer(documents + i, WRITERS));
        }
    }

    void start() {
        for (int i = 0; i < SEARCHERS; i++) {
            int first = i * searches.size() / SEARCHERS;
            clients.add(threads.submit(() -> search(first)));
        }
        for (Writer writer : writers) {
            clients.add(threads.submit(() -> write(writer)));
        }
    }

    /** From here on these are told what is seen: of requests that begin from now on. */
    void tell(List<Seen> seen) {
        told = seen;
    }

    private void search(int first) {
        for (int i = first; !stopped; i++) {
            KnownSearch search = searches.get(i % searches.size());
            List<Seen> seen = told;
            byte[] request = Json.bytes(search.request());
            long begun = System.nanoTime();
            try {
                HttpResponse<byte[]> answer =
                        server.send("POST", KnownSearch.target(index), request);
                long nanos = System.nanoTime() - begun;
                seen.forEach(one -> one.search(nanos));
                KnownSearch.Flaw flaw = search.flaw(answer);
                if (flaw != KnownSearch.Flaw.NONE) {
                    seen.forEach(one -> one.flawed(flaw, text(search, answer)));
                }
            } catch (UncheckedIOException unanswered) {
                seen.forEach(one -> one.flawed(KnownSearch.Flaw.FAILED, unanswered.toString()));
            }
            Await.pause(SEARCH_REST);
        }
    }

    private void write(Writer writer) {
        while (!stopped) {
            Writer.Request request = writer.next();
            byte[] body = Json.bytes(request.body());
            List<Seen> seen = told;
            long begun = System.nanoTime();
            try {
                HttpResponse<byte[]> answer =
                        server.send(request.method(), "/indexes/" + index + request.path(), body);
                long nanos = System.nanoTime() - begun;
                if (answer.statusCode() == 202) {
                    writer.taken(request);
                    seen.forEach(one -> one.write(nanos));
                } else {
                    writer.lost(request);
                    seen.forEach(one -> one.writeFailed(text(answer)));
                }
            } catch (UncheckedIOException unanswered) {
                writer.lost(request);
                seen.forEach(one -> one.writeFailed(unanswered.toString()));
            }
            Await.pause(WRITE_REST);
        }
    }

    private static String text(KnownSearch search, HttpResponse<byte[]> answer) {
        return "%s, of %d hits, was answered %d %s"
                .formatted(search.request(), search.total(), answer.statusCode(), text(answer));
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    /** What is there by now, as far as it was acknowledged. */
    Expected expected() {
        return Expected.of(documents, writers);
    }

    /** What is under way comes to its end; throws if a client did not run all the while. */
    @Override
    public void close() throws ExecutionException {
        stopped = true;
        threads.close();
        for (Future<?> client : clients) {
            if (client.state() == Future.State.FAILED) {
                throw new ExecutionException(client.exceptionNow());
            }
        }
    }
}
