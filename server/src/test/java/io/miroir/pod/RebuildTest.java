package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Every pod's state is gone, the nodes are not (protocol rules 15 to 18). */
class RebuildTest {
    private static final String NOT_GATHERED =
            """
            What cannot return, because no node knows it: the history of tasks, aliases, keys (a
            client's key follows from its uid and the master key: create it again with its old uid
            and it has its old value), sessions, idempotency keys, jobs, canaries, policies,
            webhooks, displayedAttributes, faceting.maxValuesPerFacet below 10,000, and secrets
            of embedders, which nodes tell masked.
            """;

    @TempDir Path directory;

    @Test
    void whatNodesKnowIsGatheredAndServedAgain() throws IOException {
        try (TestNodes nodes = new TestNodes(directory, 2, 2)) {
            JsonNode key;
            try (TestPod lost = new TestPod(directory.resolve("lost"), nodes.addresses(), 1, "")) {
                HttpCalls client = lost.client();
                client.awaitStatus("GET", "/_miroir/ready", 200);
                client.done(
                        "PATCH",
                        "/indexes/movies/settings",
                        "{\"filterableAttributes\": [\"n\"], \"stopWords\": [\"the\"]}");
                client.done("POST", "/indexes/movies/documents", documents(0, 40));
                client.done("POST", "/indexes/movies/documents", documents(40, 41));
                // It has no document: nothing on any node carries its name.
                client.done("POST", "/indexes", "{\"uid\": \"empty\", \"primaryKey\": \"sku\"}");
                key = client.call("POST", "/keys", key(UUID.randomUUID().toString())).body();
                assertEquals(200, searchWith(lost, key).status(), key::toString);
            }
            String config = config(directory.resolve("lost/config.yaml"));
            Cli look = Cli.run("cluster", "rebuild", "--dry-run", "--config", config);
            assertEquals(0, look.exit(), look::toString);
            assertTrue(look.out().contains("index movies = m1"), look::toString);
            assertTrue(look.out().contains("--name m2=NAME"), look::toString);
            assertTrue(look.out().contains(NOT_GATHERED), look::toString);
            assertFalse(Files.exists(directory.resolve("new/data/store.db")));

            Cli unsaid = Cli.run("cluster", "rebuild", "--from-nodes", "--config", config);
            assertEquals(6, unsaid.exit(), unsaid::toString);
            // What a silent node knows would be lost without a word.
            String silent = nodes.addresses().getLast().getLast().toString();
            Path without = directory.resolve("silent.yaml");
            Files.writeString(
                    without,
                    Files.readString(Path.of(config)).replace(silent, "http://127.0.0.1:1"));
            Cli refused =
                    Cli.run(
                            "cluster",
                            "rebuild",
                            "--from-nodes",
                            "--config",
                            without.toString(),
                            "--name",
                            "m2=empty");
            assertEquals(6, refused.exit(), refused::toString);
            assertTrue(refused.err().contains("all nodes must answer"), refused::toString);
            Cli done =
                    Cli.run(
                            "cluster",
                            "rebuild",
                            "--from-nodes",
                            "--config",
                            config,
                            "--name",
                            "m2=empty");
            assertEquals(0, done.exit(), done::toString);
            assertTrue(done.out().contains(NOT_GATHERED), done::toString);

            try (TestPod pod = new TestPod(directory.resolve("new"), nodes.addresses(), 1, "")) {
                HttpCalls client = pod.client();
                client.await(
                        "GET",
                        "/indexes/movies/stats",
                        reply -> reply.body().path("numberOfDocuments").asInt() == 41);
                JsonNode settings = client.call("GET", "/indexes/movies/settings").body();
                assertEquals("[\"n\"]", settings.path("filterableAttributes").toString());
                assertEquals("[\"the\"]", settings.path("stopWords").toString());
                assertEquals(
                        "sku",
                        client.call("GET", "/indexes/empty").body().path("primaryKey").asString());
                JsonNode task = client.done("POST", "/indexes/movies/documents", documents(40, 43));
                assertEquals("succeeded", task.path("status").asString(), task::toString);
                assertTrue(task.path("uid").asLong() >= 10_000_000, task::toString);
                JsonNode found =
                        client.call("POST", "/indexes/movies/search", "{\"filter\": \"n > 40\"}")
                                .body();
                assertEquals(2, found.path("hits").size(), found::toString);
                assertFalse(found.toString().contains("_miroir"), found::toString);
                // A client's key is none any more, until it is made again with its uid.
                assertEquals(403, searchWith(pod, key).status());
                JsonNode again =
                        client.call("POST", "/keys", key(key.path("uid").asString())).body();
                assertEquals(key.path("key"), again.path("key"));
                assertEquals(200, searchWith(pod, key).status());
                // A new index gets a number that no node has seen.
                client.done("POST", "/indexes/young/documents", "[{\"id\": 1}]");
                assertEquals(
                        1,
                        client.call("GET", "/indexes/young/stats")
                                .body()
                                .path("numberOfDocuments")
                                .asInt());
            }
        }
    }

    private static String key(String uid) {
        return """
               {"uid": "%s", "actions": ["search"], "indexes": ["movies"], "expiresAt": null}"""
                .formatted(uid);
    }

    private static HttpCalls.Reply searchWith(TestPod pod, JsonNode key) {
        return new HttpCalls(pod.address(), key.path("key").asString())
                .call("GET", "/indexes/movies/search");
    }

    /** The configuration of a pod that comes with an empty directory; secrets in files. */
    private String config(Path lost) throws IOException {
        String yaml =
                Files.readString(lost)
                        .replace(
                                directory.resolve("lost").toString(),
                                directory.resolve("new").toString());
        String secrets =
                """
                  master_key_file: %s
                  node_master_key_file: %s
                """
                        .formatted(
                                secret("master", TestPod.MASTER_KEY), secret("node", TestNode.KEY));
        Path file = directory.resolve("rebuild.yaml");
        Files.writeString(file, yaml.replaceFirst("miroir:\n", "miroir:\n" + secrets));
        return file.toString();
    }

    private Path secret(String name, String value) throws IOException {
        Path file = directory.resolve(name + ".key");
        Files.writeString(file, value);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private static String documents(int from, int to) {
        StringBuilder text = new StringBuilder("[");
        for (int id = from; id < to; id++) {
            text.append(id == from ? "" : ",")
                    .append("{\"id\": ")
                    .append(id)
                    .append(", \"n\": ")
                    .append(id)
                    .append("}");
        }
        return text.append("]").toString();
    }
}
