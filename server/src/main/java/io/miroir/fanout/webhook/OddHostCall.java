package io.miroir.fanout.webhook;

import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A call of a host whose name is none to Java's client of HTTP, as one with an underscore, which
 * networks of containers have. The one that Java had before asks for any name. On a connection of
 * its own: what breaks is tried again by whoever calls.
 *
 * @param timeMax for connecting, and for each piece of the answer
 */
record OddHostCall(URI uri, Duration timeMax) {
    /**
     * Posts.
     *
     * @param headers gives its headers away
     * @return the status of the answer, whose body is not read
     */
    int post(Consumer<BiConsumer<String, String>> headers, byte[] payload) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        try {
            connection.setConnectTimeout(Math.toIntExact(timeMax.toMillis()));
            connection.setReadTimeout(Math.toIntExact(timeMax.toMillis()));
            connection.setInstanceFollowRedirects(false);
            connection.setRequestMethod("POST");
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(payload.length);
            headers.accept(connection::addRequestProperty);
            connection.setRequestProperty("Connection", "close");
            try (OutputStream out = connection.getOutputStream()) {
                out.write(payload);
            }
            int status = connection.getResponseCode();
            if (status < 0) {
                throw new IOException("the answer is none of HTTP");
            }
            return status;
        } finally {
            connection.disconnect();
        }
    }
}
