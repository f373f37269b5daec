package io.miroir.cli.backup;

import io.miroir.tls.LazyTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Fetches a backup from a pod.
 *
 * @param err where progress is told, about twenty times
 */
public record BackupDownload(URI pod, String adminKey, PrintWriter err) {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** The pod copies and digests its database before it answers. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(30);

    private static final int CHUNK_BYTES = 1 << 16;
    private static final int REFUSAL_BYTES_MAX = 4_096;
    private static final int STEPS = 20;

    /**
     * Fetches it.
     *
     * @param file must not exist
     * @throws IOException if the pod refuses or breaks off; the message says why
     */
    public void to(Path file) throws IOException, InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT_TIMEOUT)
                        .sslContext(LazyTls.get())
                        .sslParameters(LazyTls.parameters())
                        .build()) {
            HttpRequest request =
                    HttpRequest.newBuilder(pod.resolve("/_miroir/backup"))
                            .timeout(ANSWER_TIMEOUT)
                            .header("Authorization", "Bearer " + adminKey)
                            .build();
            HttpResponse<InputStream> answer =
                    client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = answer.body()) {
                if (answer.statusCode() != 200) {
                    String why =
                            new String(in.readNBytes(REFUSAL_BYTES_MAX), StandardCharsets.UTF_8);
                    throw new IOException(pod + " answers " + answer.statusCode() + ": " + why);
                }
                long bytes = answer.headers().firstValueAsLong("Content-Length").orElse(0);
                try (OutputStream out = PrivateFile.create(file)) {
                    copy(in, out, bytes);
                }
            }
        }
    }

    private void copy(InputStream in, OutputStream out, long bytes) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        long copied = 0;
        int told = 0;
        for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
            out.write(chunk, 0, read);
            copied += read;
            int step = bytes == 0 ? 0 : (int) (copied * STEPS / bytes);
            if (step > told) {
                told = step;
                err.printf("%d %% of %d KiB%n", step * 100 / STEPS, bytes >> 10);
                err.flush();
            }
        }
    }
}
