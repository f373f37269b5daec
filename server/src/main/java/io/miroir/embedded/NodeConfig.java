package io.miroir.embedded;

import io.miroir.edge.http.HttpServer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How an embedded node is run.
 *
 * @param host the address it listens on
 * @param port its port; 0 takes a free one
 * @param masterKey null opens every route but those of keys
 * @param directory where it keeps everything
 * @param limits what clients may ask of it
 */
public record NodeConfig(
        String host,
        int port,
        @Nullable String masterKey,
        Path directory,
        HttpServer.Limits limits) {
    @Override
    public String toString() {
        return "NodeConfig(" + host + ":" + port + ", " + directory + ")";
    }
}
