package io.miroir.bench.load;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A node of a few lines, so that what is measured is the pod before it. HTTP/1.1 with bodies of a
 * known length, which is all that pods speak to nodes.
 */
final class ThinNode implements AutoCloseable {
    private static final int BACKLOG = 1_024;
    private static final int READ_BYTES = 64 << 10;

    private final ServerSocket listener = new ServerSocket(0, BACKLOG, loopback());
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final Answers answers;

    /** What it answers; any number of threads ask. */
    interface Answers {
        /** Whether the body of a request is not looked at. */
        boolean swallows(String target);

        Answer answer(String method, String target, byte[] body) throws IOException;
    }

    /** An answer of a node. */
    static final class Answer {
        private final int status;
        private final byte[] json;

        Answer(int status, byte[] json) {
            this.status = status;
            this.json = json;
        }
    }

    ThinNode(Answers answers) throws IOException {
        this.answers = answers;
        Thread.ofVirtual().start(this::accept);
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    private static InetAddress loopback() {
        return InetAddress.getLoopbackAddress();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                connection.setTcpNoDelay(true);
                connections.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream(), READ_BYTES);
            OutputStream out = connection.getOutputStream();
            for (String request = line(in); request != null; request = line(in)) {
                String[] words = request.split(" ", -1);
                byte[] body = body(in, words[1], length(in));
                out.write(text(answers.answer(words[0], words[1], body)));
            }
        } catch (IOException gone) {
            // The pod ended, or this node does.
        } finally {
            connections.remove(connection);
        }
    }

    private byte[] body(InputStream in, String target, long length) throws IOException {
        if (answers.swallows(target)) {
            swallow(in, length);
            return new byte[0];
        }
        return in.readNBytes(Math.toIntExact(length));
    }

    private static void swallow(InputStream in, long length) throws IOException {
        byte[] some = new byte[(int) Math.min(length, READ_BYTES)];
        for (long left = length; left > 0; ) {
            int count = in.read(some, 0, (int) Math.min(left, some.length));
            if (count < 0) {
                throw new EOFException();
            }
            left -= count;
        }
    }

    private static long length(InputStream in) throws IOException {
        long length = 0;
        for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(lower.substring(lower.indexOf(':') + 1).strip());
            }
        }
        return length;
    }

    /** Null at the end of the connection. */
    private static @Nullable String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return line.toString();
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return null;
    }

    private static byte[] text(Answer answer) {
        String head =
                "HTTP/1.1 %d -\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                        .formatted(answer.status, answer.json.length);
        byte[] first = head.getBytes(StandardCharsets.US_ASCII);
        byte[] text = Arrays.copyOf(first, first.length + answer.json.length);
        System.arraycopy(answer.json, 0, text, first.length, answer.json.length);
        return text;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }
}
