package io.miroir.pod;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.miroir.api.Json;
import io.miroir.cli.fleet.PortWait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A node that a test can make misbehave: a proxy before a sound one. */
final class FaultyNode implements TestNode {
    private static final int CUT_BYTES = 64 << 10;

    private final TestNode sound;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final int port = TestPorts.one();
    private final AtomicInteger searches = new AtomicInteger();
    private final AtomicInteger faults = new AtomicInteger();
    private final AtomicReference<@Nullable Late> late = new AtomicReference<>();
    private volatile Fault fault = Fault.NONE;
    private volatile String faultyPath = "";
    private volatile String faultyKey = "";
    private volatile Duration slowness = Duration.ZERO;
    private volatile CountDownLatch held = new CountDownLatch(1);
    private @Nullable HttpServer server;

    /** What it does instead of answering. */
    enum Fault {
        NONE,
        /** Answers 500, does nothing. */
        ERROR,
        /** Answers what is no JSON, does nothing. */
        GARBAGE,
        /** Answers JSON that is not what was asked for, does nothing. */
        LIST,
        /** Never answers, does nothing. */
        HANG,
        /** Closes the connection, does nothing. */
        CLOSE,
        /** Takes the beginning of the body, then is gone. */
        CUT,
        /** Does what it is asked, then closes the connection. */
        DO_AND_CLOSE,
        /** Takes a write and says so, but begins it only when it behaves again; one at a time. */
        LATE,
        /** Does what it is asked, and answers as late as it was told to. */
        SLOW,
        /** Does and answers nothing before it behaves again. */
        HELD
    }

    /** A write that was taken and is not begun. */
    private record Late(HttpExchange exchange, ByteBuffer body, long uid) {}

    FaultyNode(Path directory) {
        this(new EmbeddedNode(directory));
    }

    /** Before that node, which it closes. Whoever asks may show any key. */
    FaultyNode(TestNode sound) {
        this.sound = sound;
        start();
    }

    /** From now on misbehaves on paths that end so. */
    void misbehave(Fault how, String pathEnd) {
        faultyPath = pathEnd;
        faultyKey = "";
        faults.set(0);
        held = new CountDownLatch(1);
        fault = how;
    }

    /** From now on misbehaves to all who show a key that ends so. */
    void misbehaveTo(Fault how, String keyEnd) {
        misbehave(how, "");
        faultyKey = keyEnd;
    }

    /** From now on does all that it is asked, and answers so much later. */
    void beSlow(Duration delay) {
        slowness = delay;
        misbehave(Fault.SLOW, "");
    }

    void behave() {
        fault = Fault.NONE;
        held.countDown();
        Late taken = late.get();
        if (taken != null) {
            try {
                forward(taken.exchange(), taken.body().array());
                // Not before: asked in between, the node would not know the task that it took.
                late.set(null);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Requests that it has misbehaved on since it began to. */
    int faults() {
        return faults.get();
    }

    /** Searches that reached it. */
    int searches() {
        return searches.get();
    }

    @Override
    public URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public void useKey(String key) {
        sound.useKey(key);
    }

    @Override
    public void start() {
        PortWait.untilFree(port);
        try {
            HttpServer started =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 64);
            started.createContext("/", this::handle);
            started.setExecutor(threads);
            started.start();
            server = started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void kill() {
        HttpServer running = server;
        if (running != null) {
            running.stop(0);
            server = null;
        }
    }

    @Override
    public void close() {
        kill();
        threads.shutdownNow();
        sound.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.endsWith("/search")) {
            searches.incrementAndGet();
        }
        String shown = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        Fault now = path.endsWith(faultyPath) && shown.endsWith(faultyKey) ? fault : Fault.NONE;
        if (now == Fault.LATE && !exchange.getRequestMethod().matches("POST|PUT")) {
            now = Fault.NONE;
        }
        if (now != Fault.NONE) {
            faults.incrementAndGet();
        }
        byte[] body =
                exchange.getRequestBody()
                        .readNBytes(now == Fault.CUT ? CUT_BYTES : Integer.MAX_VALUE);
        try {
            switch (now) {
                case NONE -> {
                    Late taken = late.get();
                    if (taken != null && path.endsWith("/tasks")) {
                        answer(exchange, 200, waiting(taken));
                        return;
                    }
                    HttpResponse<byte[]> answer = forward(exchange, body);
                    answer(exchange, answer.statusCode(), answer.body());
                }
                case LATE -> {
                    // What the node will call it when it is begun.
                    Late taken = new Late(exchange, ByteBuffer.wrap(body), newestTask() + 1);
                    late.set(taken);
                    answer(
                            exchange,
                            202,
                            ("{\"taskUid\": " + taken.uid() + "}")
                                    .getBytes(StandardCharsets.UTF_8));
                }
                case ERROR -> answer(exchange, 500, "{}".getBytes(StandardCharsets.UTF_8));
                case GARBAGE -> answer(exchange, 200, "<html>".getBytes(StandardCharsets.UTF_8));
                case LIST -> answer(exchange, 200, "[]".getBytes(StandardCharsets.UTF_8));
                case HANG -> Thread.sleep(10_000);
                case SLOW -> {
                    HttpResponse<byte[]> answer = forward(exchange, body);
                    Thread.sleep(slowness);
                    answer(exchange, answer.statusCode(), answer.body());
                }
                case HELD -> {
                    held.await();
                    HttpResponse<byte[]> answer = forward(exchange, body);
                    answer(exchange, answer.statusCode(), answer.body());
                }
                case CLOSE, CUT -> exchange.close();
                case DO_AND_CLOSE -> {
                    forward(exchange, body);
                    exchange.close();
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private long newestTask() throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(sound.address().resolve("/tasks?limit=1"))
                        .header("Authorization", "Bearer " + KEY)
                        .build();
        byte[] tasks = http.send(request, BodyHandlers.ofByteArray()).body();
        return Json.parse(tasks).path("results").path(0).path("uid").asLong(-1);
    }

    private static byte[] waiting(Late taken) {
        String[] path = taken.exchange().getRequestURI().getPath().split("/", -1);
        ObjectNode tasks = Json.object();
        ObjectNode task = tasks.putArray("results").addObject();
        task.put("uid", taken.uid()).put("status", "enqueued").put("indexUid", path[2]);
        for (String parameter : taken.exchange().getRequestURI().getQuery().split("&", -1)) {
            if (parameter.startsWith("customMetadata=")) {
                task.put("customMetadata", parameter.substring("customMetadata=".length()));
            }
        }
        return Json.bytes(tasks);
    }

    private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(sound.address().resolve(exchange.getRequestURI().toString()))
                        .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
        request.header("Authorization", "Bearer " + KEY);
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type != null) {
            request.header("Content-Type", type);
        }
        return http.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
