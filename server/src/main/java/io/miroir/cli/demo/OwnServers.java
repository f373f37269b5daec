package io.miroir.cli.demo;

import io.miroir.cli.client.ApiAnswer;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.client.HttpCaller;
import io.miroir.cli.fleet.FleetException;
import io.miroir.cluster.identity.NodeMark;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The user's own Meilisearch servers: looked at before, and left as they were. */
final class OwnServers {
    /** How Miroir names indexes on nodes. */
    private static final Pattern PHYSICAL_UID = Pattern.compile("m[0-9]+");

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private OwnServers() {}

    /** Which indexes the servers may hold already. */
    enum Adopt {
        /** None: they must be empty. */
        NONE,
        /** The user's, which are left as they are. */
        OTHERS,
        /** Those of this very fleet too: its directory is started again. */
        ALL
    }

    /** Refuses servers that don't answer, don't know the key, are named twice, or hold an index. */
    static void check(List<URI> servers, String key, Adopt adopt) {
        if (new HashSet<>(servers).size() < servers.size()) {
            throw new FleetException("--nodes names a server twice; each node needs its own.");
        }
        try (HttpCaller http = new HttpCaller()) {
            servers.forEach(server -> check(http, server, key, adopt));
        }
    }

    /**
     * Deletes indexes of a fleet that is gone, and the mark that it has given each server in its
     * time; those that could not be, with their servers.
     */
    static List<String> remove(List<URI> servers, String key, Set<String> physicalUids) {
        Set<String> ours = new TreeSet<>(physicalUids);
        ours.add(NodeMark.INDEX);
        List<String> left = new ArrayList<>();
        try (HttpCaller http = new HttpCaller()) {
            for (URI server : servers) {
                for (String uid : ours) {
                    if (!isRemoved(http, server, key, uid)) {
                        left.add(uid + " on " + server);
                    }
                }
            }
        }
        return left;
    }

    private static boolean isRemoved(HttpCaller http, URI server, String key, String uid) {
        try {
            ApiAnswer answer = http.call(server, key, ApiCall.delete("/indexes/" + uid), TIMEOUT);
            return answer.isSuccess() || answer.status() == 404;
        } catch (IOException e) {
            return false;
        }
    }

    private static void check(HttpCaller http, URI server, String key, Adopt adopt) {
        ApiAnswer answer;
        try {
            answer = http.call(server, key, ApiCall.get("/indexes?limit=1000"), TIMEOUT);
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
        if (adopt == Adopt.ALL) {
            return;
        }
        for (JsonNode index : answer.json().path("results")) {
            String uid = index.path("uid").asString("");
            if (uid.equals(NodeMark.INDEX) || PHYSICAL_UID.matcher(uid).matches()) {
                throw new FleetException(
                        ("--nodes: %s holds the index %s, which looks like one of another Miroir."
                                        + " Two of them on one server would mix their documents."
                                        + " If it is of a demo that was killed, delete it there.")
                                .formatted(server, uid));
            }
            if (adopt == Adopt.NONE) {
                throw new FleetException(
                        ("--nodes: %s holds indexes already (%s …). Miroir wants servers of its"
                                        + " own. With --adopt it adds its indexes beside them and"
                                        + " leaves them as they are.")
                                .formatted(server, uid));
            }
        }
    }
}
