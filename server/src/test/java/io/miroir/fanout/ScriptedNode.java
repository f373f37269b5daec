package io.miroir.fanout;

import io.miroir.api.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/** A node of a test that answers as it is told, and can be in any trouble, to the byte. */
public final class ScriptedNode implements AutoCloseable {
    private static final int BACKLOG = 256;
    private static final long DRIP_MILLIS = 50;
    private static final String REDIRECTION =
            "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n";

    private final ServerSocket port;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Function<Asked, JsonNode> answers;
    private final AtomicInteger troubles = new AtomicInteger();
    private volatile Trouble trouble = Trouble.NONE;
    private volatile Predicate<Asked> troubled = _ -> false;

    /**
     * A request.
     *
     * @param body null in JSON if there was none, or none in JSON
     */
    public record Asked(String method, String target, JsonNode body) {
        /** Whether its path ends so. */
        public boolean is(String pathEnd) {
            return target.split("\\?", -1)[0].endsWith(pathEnd);
        }
    }

    /** What is sent in place of an answer. */
    public enum Trouble {
        NONE,
        /** The right answer under a wrong type: no trouble. */
        WRONG_TYPE,
        ERROR,
        ERROR_OF_MEILISEARCH,
        UNAVAILABLE,
        TOO_MANY,
        GARBAGE,
        EMPTY,
        NULL,
        LIST,
        EMPTY_OBJECT,
        /** All that belongs there, and nothing in it. */
        HOLLOW,
        /** Lists of something else. */
        MISFIT,
        /** Two answers in one. */
        TWICE,
        ODD_ERROR,
        UNKNOWN_ERROR,
        NOT_FOUND,
        REDIRECT,
        /** Less than was announced. */
        HALF,
        /** Less than was announced, in chunks. */
        HALF_CHUNKED,
        /** Gone once the request was read. */
        CLOSE,
        /** Another protocol. */
        NO_HTTP,
        BAD_LENGTH,
        /** Says nothing. */
        SILENT,
        /** Says a byte now and then. */
        DRIP;

        /** Whether it takes until the time is over. */
        public boolean isSlow() {
            return this == SILENT || this == DRIP;
        }
    }

    /** Listens from now on; answers by the function. */
    public ScriptedNode(Function<Asked, JsonNode> answers) {
        this.answers = answers;
        try {
            this.port = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    /** Where it is. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + port.getLocalPort());
    }

    /** From now on gets into trouble with such requests. */
    public ScriptedNode in(Trouble what, Predicate<Asked> requests) {
        troubled = requests;
        trouble = what;
        return this;
    }

    /** Requests that it was in trouble with. */
    public int troubles() {
        return troubles.get();
    }

    @Override
    public void close() {
        try {
            port.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }

    private void accept() {
        while (!port.isClosed()) {
            try {
                Socket client = port.accept();
                threads.execute(() -> serve(client));
            } catch (IOException | RejectedExecutionException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                InputStream in = new BufferedInputStream(client.getInputStream());
                OutputStream out = client.getOutputStream()) {
            Asked asked = read(in);
            if (trouble != Trouble.NONE && troubled.test(asked)) {
                troubles.incrementAndGet();
                getInto(trouble, asked, out);
            } else {
                JsonNode answer = answers.apply(asked);
                boolean task = answer.has("taskUid");
                answer(out, task ? "202 Accepted" : "200 OK", answer.toString());
            }
        } catch (IOException gone) {
            // Who asked has had enough.
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static Asked read(InputStream in) throws IOException {
        String[] line = line(in).split(" ", -1);
        int length = 0;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(header.indexOf(':') + 1).strip());
            }
        }
        byte[] body = in.readNBytes(length);
        boolean json = body.length > 0 && (body[0] == '{' || body[0] == '[');
        boolean whole = json && body[body.length - 1] != '\n';
        return new Asked(line[0], line[1], whole ? Json.parse(body) : NullNode.getInstance());
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("hung up");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.US_ASCII).stripTrailing();
    }

    private void getInto(Trouble what, Asked asked, OutputStream out)
            throws IOException, InterruptedException {
        String sound = answers.apply(asked).toString();
        switch (what) {
            case NONE -> throw new IllegalStateException("no trouble");
            case WRONG_TYPE -> write(out, head("200 OK", "text/html", sound.length()) + sound);
            case ERROR -> answer(out, "500 Internal Server Error", "{}");
            case ERROR_OF_MEILISEARCH ->
                    answer(out, "500 Internal Server Error", error("internal"));
            case UNAVAILABLE -> answer(out, "503 Service Unavailable", "come again");
            case TOO_MANY -> answer(out, "429 Too Many Requests", error("too_many_requests"));
            case GARBAGE -> answer(out, "200 OK", "<html>");
            case EMPTY -> answer(out, "200 OK", "");
            case NULL -> answer(out, "200 OK", "null");
            case LIST -> answer(out, "200 OK", "[" + sound + "]");
            case EMPTY_OBJECT -> answer(out, "200 OK", "{}");
            case HOLLOW -> answer(out, "200 OK", hollow(sound));
            case MISFIT -> answer(out, "200 OK", misfit(sound));
            case TWICE -> answer(out, "200 OK", sound + sound);
            case ODD_ERROR -> answer(out, "400 Bad Request", "{\"error\": {\"reason\": \"odd\"}}");
            case UNKNOWN_ERROR -> answer(out, "400 Bad Request", error("quota_exceeded"));
            case NOT_FOUND -> answer(out, "404 Not Found", "<html>");
            case REDIRECT -> write(out, REDIRECTION);
            case HALF ->
                    write(
                            out,
                            head("200 OK", "application/json", sound.length())
                                    + sound.substring(0, sound.length() / 2));
            case HALF_CHUNKED ->
                    write(
                            out,
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    + Integer.toHexString(sound.length())
                                    + "\r\n"
                                    + sound
                                    + "\r\n");
            case CLOSE -> {}
            case NO_HTTP -> write(out, "220 mail.example ready\r\n");
            case BAD_LENGTH -> write(out, "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}");
            case SILENT -> Thread.sleep(Long.MAX_VALUE);
            case DRIP -> {
                write(out, head("200 OK", "application/json", Integer.MAX_VALUE) + "{");
                while (true) {
                    Thread.sleep(DRIP_MILLIS);
                    write(out, " ");
                }
            }
        }
    }

    private static String error(String code) {
        return Json.object().put("code", code).put("message", "A fault.").toString();
    }

    private static String hollow(String sound) {
        ObjectNode hollow = Json.object();
        Json.parse(sound).propertyNames().forEach(hollow::putNull);
        return hollow.toString();
    }

    private static String misfit(String sound) {
        ObjectNode misfit = Json.object();
        Json.parse(sound)
                .properties()
                .forEach(
                        member -> {
                            switch (member.getValue().getNodeType()) {
                                case ARRAY -> misfit.putArray(member.getKey()).add("misfit");
                                case STRING -> misfit.put(member.getKey(), 7);
                                default -> misfit.put(member.getKey(), "misfit");
                            }
                        });
        return misfit.toString();
    }

    private static String head(String status, String type, int length) {
        return "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
                .formatted(status, type, length);
    }

    private static void answer(OutputStream out, String status, String body) throws IOException {
        write(out, head(status, "application/json", body.length()) + body);
    }

    private static void write(OutputStream out, String ascii) throws IOException {
        out.write(ascii.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }
}
