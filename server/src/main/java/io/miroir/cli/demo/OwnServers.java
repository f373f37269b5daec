package io.miroir.cli.demo;

import io.miroir.cli.client.ApiAnswer;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.client.HttpCaller;
import io.miroir.cli.fleet.FleetException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;

/** Looks at the user's own Meilisearch servers before anything is done to them. */
final class OwnServers {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private OwnServers() {}

    /**
     * Refuses servers that don't answer, don't know the key, are named twice, or hold an index.
     *
     * @param adopt allows servers that hold indexes; these are left as they are
     */
    static void check(List<URI> servers, String key, boolean adopt) {
        if (new HashSet<>(servers).size() < servers.size()) {
            throw new FleetException("--nodes names a server twice; each node needs its own.");
        }
        try (HttpCaller http = new HttpCaller()) {
            servers.forEach(server -> check(http, server, key, adopt));
        }
    }

    private static void check(HttpCaller http, URI server, String key, boolean adopt) {
        ApiAnswer answer;
        try {
            answer = http.call(server, key, ApiCall.get("/indexes?limit=3"), TIMEOUT);
        } catch (IOException e) {
            throw new FleetException(
                    "--nodes: %s does not answer (%s). Is a Meilisearch server running there?"
                            .formatted(server, e),
                    e);
        }
        if (answer.status() == 401 || answer.status() == 403) {
            throw new FleetException(
                    "--nodes: %s refuses the key. Give its master key with --node-key."
                            .formatted(server));
        }
        if (!answer.isSuccess() || !answer.json().has("results")) {
            throw new FleetException(
                    "--nodes: %s does not answer like a Meilisearch server: %s"
                            .formatted(server, answer));
        }
        long indexes = answer.json().path("total").asLong(0);
        if (indexes > 0 && !adopt) {
            throw new FleetException(
                    ("--nodes: %s holds %d index(es) already (%s …). Miroir wants servers of its"
                                    + " own. With --adopt it adds its indexes beside them and leaves"
                                    + " them as they are.")
                            .formatted(
                                    server,
                                    indexes,
                                    answer.json()
                                            .path("results")
                                            .path(0)
                                            .path("uid")
                                            .asString("")));
        }
    }
}
