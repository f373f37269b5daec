package io.miroir.conformance;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 exchange over its own socket. The cases send what no well-behaved client would (odd
 * paths, missing headers, bodies on GET), so a client library would get in the way.
 */
final class RawHttp {
    private static final int TIMEOUT_MILLIS = 60_000;

    /** Headers have lower-case names, repeated ones joined by a comma; the body is decoded. */
    record Answer(int status, Map<String, String> headers, String text) {}

    private final InetSocketAddress server;

    RawHttp(InetSocketAddress server) {
        this.server = server;
    }

    Answer send(String method, String path, Map<String, String> headers, byte @Nullable [] body)
            throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(server, TIMEOUT_MILLIS);
            StringBuilder head = new StringBuilder();
            head.append(method).append(' ').append(path).append(" HTTP/1.1\r\n");
            head.append("Host: ").append(server.getHostString()).append(':');
            head.append(server.getPort()).append("\r\nConnection: close\r\n");
            headers.forEach((k, v) -> head.append(k).append(": ").append(v).append("\r\n"));
            if (body != null) {
                head.append("Content-Length: ").append(body.length).append("\r\n");
            }
            OutputStream out = socket.getOutputStream();
            out.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
            if (body != null) {
                writeBody(out, body);
            }
            return read(socket.getInputStream(), method.equals("HEAD"));
        }
    }

    /** The server may answer and close before it has read the whole body. */
    private static void writeBody(OutputStream out, byte[] body) {
        try {
            out.write(body);
            out.flush();
        } catch (IOException refusedEarly) {
            // The answer is still to be read; if there is none, reading fails.
        }
    }

    private static Answer read(InputStream in, boolean bodiless) throws IOException {
        String status = line(in);
        String[] words = status.split(" ", 3);
        if (words.length < 2) {
            throw new IOException("no HTTP answer: " + status);
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            headers.merge(name, line.substring(colon + 1).strip(), (a, b) -> a + ", " + b);
        }
        byte[] body = bodiless ? new byte[0] : body(in, headers);
        byte[] decoded = Encodings.decode(headers.getOrDefault("content-encoding", ""), body);
        String text = new String(decoded, StandardCharsets.UTF_8);
        return new Answer(Integer.parseInt(words[1]), headers, text);
    }

    private static byte[] body(InputStream in, Map<String, String> headers) throws IOException {
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
                body.write(exactly(in, size));
                line(in);
            }
            return body.toByteArray();
        }
        String length = headers.get("content-length");
        return length == null ? in.readAllBytes() : exactly(in, Integer.parseInt(length));
    }

    private static int chunkSize(InputStream in) throws IOException {
        return Integer.parseInt(line(in).split(";", 2)[0].strip(), 16);
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] bytes = new byte[length];
        new DataInputStream(in).readFully(bytes);
        return bytes;
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("the server closed the connection");
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }
}
