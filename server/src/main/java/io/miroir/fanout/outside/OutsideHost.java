package io.miroir.fanout.outside;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.miroir.api.HttpUrl;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A server at addresses that were looked at: nobody is asked again where its name leads, as Java's
 * client of HTTP does when it tries again. The name is said to it, and TLS checks it. Each call has
 * a connection of its own: what breaks is tried again by whoever calls. An interrupt of a virtual
 * thread ends its call.
 *
 * @param addresses tried one after the other until one takes a connection
 * @param timeMax for connecting, and for each piece of the answer
 */
record OutsideHost(HttpUrl url, List<InetAddress> addresses, SSLContext tls, Duration timeMax) {
    private static final int PORT = 80;
    private static final int PORT_OF_TLS = 443;
    private static final Duration CONNECT_TIME_MAX = Duration.ofSeconds(5);
    private static final int HEAD_BYTES_MAX = 64 << 10;
    private static final int STATUS_DIGITS = 3;
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;
    private static final String LENGTH = "content-length";
    private static final String AGENT = "user-agent";
    private static final Pattern IPV4 = Pattern.compile("[0-9.]+");

    /** Those of the connection are said here. */
    private static final Set<String> OWN =
            Set.of("host", LENGTH, "connection", "transfer-encoding", "expect", "upgrade");

    OutsideHost {
        addresses = List.copyOf(addresses);
    }

    /**
     * What came back.
     *
     * @param body its beginning, as much as was wanted, never changed after
     */
    record Answer(int status, ByteBuffer body) {}

    /** Calls. */
    Answer call(OutsideClient.Call call, byte[] payload) throws IOException {
        try (Socket connection = connected();
                Socket socket = url.isSecure() ? secure(connection) : connection) {
            IOException cut = send(call, payload, socket.getOutputStream());
            try {
                return answer(
                        new BufferedInputStream(socket.getInputStream()), call.answerBytesMax());
            } catch (IOException none) {
                throw cut == null ? none : cut;
            }
        }
    }

    private Socket connected() throws IOException {
        IOException last = new ConnectException("no address");
        for (InetAddress address : addresses) {
            Socket socket = new Socket(Proxy.NO_PROXY);
            try {
                socket.connect(
                        new InetSocketAddress(address, port()),
                        Math.min(millis(timeMax), millis(CONNECT_TIME_MAX)));
                socket.setSoTimeout(millis(timeMax));
                return socket;
            } catch (IOException unreached) {
                socket.close();
                last = unreached;
            }
        }
        throw last;
    }

    private int port() {
        return url.port() >= 0 ? url.port() : url.isSecure() ? PORT_OF_TLS : PORT;
    }

    private static int millis(Duration time) {
        return Math.toIntExact(time.toMillis());
    }

    /** Who is there must show a certificate of the name, wherever that leads. */
    private Socket secure(Socket connection) throws IOException {
        SSLSocket socket =
                (SSLSocket)
                        tls.getSocketFactory()
                                .createSocket(connection, url.host(), connection.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        serverName().ifPresent(name -> parameters.setServerNames(List.of(name)));
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    /** Java says none that has no dot. Nothing for an address. */
    private Optional<SNIServerName> serverName() {
        if (url.host().startsWith("[") || IPV4.matcher(url.host()).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new SNIHostName(url.host()));
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    /** Null if all was sent: who refuses a key may answer and hang up before the body has come. */
    private @Nullable IOException send(OutsideClient.Call call, byte[] payload, OutputStream out) {
        try {
            out.write(head(call, payload.length).getBytes(ISO_8859_1));
            out.write(payload);
            out.flush();
            return null;
        } catch (IOException cut) {
            return cut;
        }
    }

    private String head(OutsideClient.Call call, int payloadBytes) {
        StringBuilder head = new StringBuilder();
        head.append(call.method()).append(' ').append(url.target()).append(" HTTP/1.1\r\nHost: ");
        head.append(url.host());
        if (url.port() >= 0) {
            head.append(':').append(url.port());
        }
        head.append("\r\nConnection: close\r\nContent-Length: ").append(payloadBytes);
        head.append("\r\n");
        Set<String> said = new HashSet<>();
        call.headers()
                .accept(
                        (name, value) -> {
                            String lower = name.toLowerCase(Locale.ROOT);
                            boolean breaks = value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0;
                            if (!OWN.contains(lower) && !breaks) {
                                said.add(lower);
                                head.append(name).append(": ").append(value).append("\r\n");
                            }
                        });
        if (!said.contains(AGENT)) {
            head.append("User-Agent: Miroir\r\n");
        }
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
