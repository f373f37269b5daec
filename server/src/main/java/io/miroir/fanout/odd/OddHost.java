package io.miroir.fanout.odd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.miroir.api.HttpUrl;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A host whose name is none to Java's client of HTTP, as one with an underscore, which networks of
 * containers have. Each call has a connection of its own: what breaks is tried again by whoever
 * calls. An interrupt of a virtual thread ends its call.
 *
 * @param url of http
 * @param timeMax for connecting, and for each piece of the answer
 */
public record OddHost(HttpUrl url, Duration timeMax) {
    private static final int PORT = 80;
    private static final int HEAD_BYTES_MAX = 64 << 10;
    private static final int STATUS_DIGITS = 3;
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;
    private static final String LENGTH = "content-length";

    /** Those of the connection are said here. */
    private static final Set<String> OWN =
            Set.of("host", LENGTH, "connection", "transfer-encoding", "expect", "upgrade");

    /**
     * What came back.
     *
     * @param body its beginning, as much as was wanted, never changed after
     */
    public record Answer(int status, ByteBuffer body) {}

    /**
     * Calls.
     *
     * @param headers gives its headers away
     * @param bodyBytesMax as much of the answer is read
     */
    public Answer call(
            String method,
            Consumer<BiConsumer<String, String>> headers,
            byte[] payload,
            int bodyBytesMax)
            throws IOException {
        int port = url.port() < 0 ? PORT : url.port();
        try (Socket socket = new Socket(Proxy.NO_PROXY)) {
            int millis = Math.toIntExact(timeMax.toMillis());
            socket.connect(new InetSocketAddress(url.host(), port), millis);
            socket.setSoTimeout(millis);
            OutputStream out = socket.getOutputStream();
            out.write(head(method, headers, payload.length).getBytes(ISO_8859_1));
            out.write(payload);
            out.flush();
            return answer(new BufferedInputStream(socket.getInputStream()), bodyBytesMax);
        }
    }

    private String head(
            String method, Consumer<BiConsumer<String, String>> headers, int payloadBytes) {
        StringBuilder head = new StringBuilder();
        head.append(method).append(' ').append(url.target()).append(" HTTP/1.1\r\nHost: ");
        head.append(url.host());
        if (url.port() >= 0) {
            head.append(':').append(url.port());
        }
        head.append("\r\nConnection: close\r\nContent-Length: ").append(payloadBytes);
        head.append("\r\n");
        headers.accept(
                (name, value) -> {
                    boolean breaks = value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0;
                    if (!OWN.contains(name.toLowerCase(Locale.ROOT)) && !breaks) {
                        head.append(name).append(": ").append(value).append("\r\n");
                    }
                });
        return head.append("\r\n").toString();
    }

    private static Answer answer(InputStream in, int bodyBytesMax) throws IOException {
        int status = 0;
        Map<String, String> headers = Map.of();
        // What comes before is only a sign of life.
        while (status < OK) {
            status = status(line(in));
            headers = headers(in);
        }
        if (bodyBytesMax == 0 || status == NO_CONTENT || status == NOT_MODIFIED) {
            return new Answer(status, ByteBuffer.allocate(0));
        }
        if (headers.getOrDefault("transfer-encoding", "")
                .toLowerCase(Locale.ROOT)
                .contains("chunked")) {
            return new Answer(status, ByteBuffer.wrap(pieces(in, bodyBytesMax)));
        }
        long length = number(headers.getOrDefault(LENGTH, "" + Long.MAX_VALUE), 10);
        byte[] body = in.readNBytes((int) Math.min(length, bodyBytesMax));
        if (headers.containsKey(LENGTH) && body.length < Math.min(length, bodyBytesMax)) {
            throw new IOException("the answer is cut off");
        }
        return new Answer(status, ByteBuffer.wrap(body));
    }

    private static int status(String line) throws IOException {
        int blank = line.indexOf(' ');
        if (!line.startsWith("HTTP/1.") || blank + 1 + STATUS_DIGITS > line.length()) {
            throw new IOException("the answer is none of HTTP");
        }
        return (int) number(line.substring(blank + 1, blank + 1 + STATUS_DIGITS), 10);
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        int bytes = 0;
        String line = line(in);
        while (!line.isEmpty()) {
            bytes += line.length();
            int colon = line.indexOf(':');
            if (bytes > HEAD_BYTES_MAX || colon < 0) {
                throw new IOException("the answer is none of HTTP");
            }
            headers.put(
                    line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
            line = line(in);
        }
        return headers;
    }

    private static byte[] pieces(InputStream in, int bytesMax) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (body.size() < bytesMax) {
            String size = line(in);
            int end = size.indexOf(';');
            long bytes = number(end < 0 ? size : size.substring(0, end), 16);
            if (bytes == 0) {
                break;
            }
            int wanted = (int) Math.min(bytes, bytesMax - body.size());
            byte[] piece = in.readNBytes(wanted);
            if (piece.length < wanted) {
                throw new IOException("the answer is cut off");
            }
            body.writeBytes(piece);
            if (wanted == bytes && !line(in).isEmpty()) {
                throw new IOException("the answer is none of HTTP");
            }
        }
        return body.toByteArray();
    }

    private static long number(String text, int radix) throws IOException {
        try {
            long number = Long.parseLong(text.strip(), radix);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException none) {
            // Told as a negative one.
        }
        throw new IOException("the answer is none of HTTP");
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int c = in.read();
        while (c != '\n') {
            if (c < 0 || line.length() > HEAD_BYTES_MAX) {
                throw new IOException("the answer is none of HTTP");
            }
            if (c != '\r') {
                line.append((char) c);
            }
            c = in.read();
        }
        return line.toString();
    }
}
