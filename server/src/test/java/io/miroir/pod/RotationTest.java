package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The page {@code docs/operations/rotation.md}, done on three pods while clients write: each key in
 * three steps, each step on one pod after the other, the next one when {@code miroir cluster keys}
 * says so.
 */
class RotationTest {
    private static final int PODS = 3;
    private static final String SECRET = "cluster-secret";
    private static final String MASTER = "master-key";
    private static final String ADMIN = "admin-key";
    private static final String NODE = "node-key";
    private static final String SEAL = "seal-key";
    private static final String OLD_SEAL = "seal-key-of-tests-0123456789-0123456789";
    private static final String SECRET_OF_CLIENT = "sk-secret-of-a-client-0123456789";
    private static final String NEW = "-that-is-new-0123456789";

    /** Of a writer, between its writes. */
    private static final long PAUSE_NANOS = 10_000_000;

    @TempDir Path directory;

    private TestNodes nodes;
    private final List<TestPod> pods = new ArrayList<>();
    private final List<Writer> writers = new ArrayList<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final Queue<Integer> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<String> refused = new ConcurrentLinkedQueue<>();
    private volatile String masterKey = TestPod.MASTER_KEY;
    private String adminKey = TestPod.ADMIN_KEY;

    @BeforeEach
    void start() throws IOException {
        nodes = new TestNodes(directory, 2, 1);
        put(SECRET, "secret-of-these-pods-only");
        put(MASTER, TestPod.MASTER_KEY);
        put(ADMIN, TestPod.ADMIN_KEY);
        put(NODE, TestNode.KEY);
        put(SEAL, OLD_SEAL);
        List<Integer> raft = TestPorts.some(PODS);
        List<Integer> peer = TestPorts.some(PODS);
        pods.addAll(TestPod.startTogether(PODS, pod -> pod(pod, raft, peer)));
        pods.forEach(pod -> pod.client().awaitStatus("GET", "/_miroir/ready", 200));
        pods.getFirst().client().done("POST", "/indexes/busy/documents", "[{\"id\": 0}]");
    }

    private TestPod pod(int self, List<Integer> raft, List<Integer> peer) {
        String files =
                """
                master_key_file: %s
                node_master_key_file: %s
                admin:
                  api_key_file: %s
                """
                        .formatted(file(self, MASTER), file(self, NODE), file(self, ADMIN));
        String secret = "secret_file: " + file(self, SECRET);
        return new TestPod(
                directory.resolve("pod-" + self),
                nodes.addresses(),
                1,
                TestPod.group(self, raft, peer, secret) + files,
                Map.of(
                        "ADMIN_SESSION_SEAL_KEY",
                        "seal-key-of-tests-0123456789-0123456789",
                        "MIROIR__TASK_STORE__SEAL_KEY_FILE",
                        file(self, SEAL).toString()));
    }

    @AfterEach
    void stop() throws InterruptedException {
        pause();
        pods.forEach(TestPod::close);
        nodes.close();
    }

    private Path file(int pod, String name) {
        return directory.resolve("keys-" + pod).resolve(name);
    }

    /** An operator's step: a file is edited on each machine in its turn. */
    private void put(String name, String lines) throws IOException {
        for (int pod = 0; pod < PODS; pod++) {
            put(pod, name, lines);
        }
    }

    private void put(int pod, String name, String lines) throws IOException {
        Files.createDirectories(file(pod, name).getParent());
        Files.writeString(file(pod, name), lines);
    }

    private Cli keys(String... more) {
        List<String> command = new ArrayList<>(List.of("cluster", "keys"));
        command.addAll(List.of(more));
        command.addAll(
                List.of("--from", pods.get(1).address().toString(), "--admin-key", adminKey));
        return Cli.run(command.toArray(String[]::new));
    }

    private void agreed() {
        Cli cli = keys("--wait", "120");
        assertEquals(0, cli.exit(), cli::toString);
    }

    /** One that writes through one pod, with whatever key is the clients' now. */
    private final class Writer extends Thread {
        private final TestPod pod;
        private volatile boolean stopped;

        Writer(TestPod pod) {
            this.pod = pod;
        }

        @Override
        public void run() {
            String key = masterKey;
            HttpCalls client = new HttpCalls(pod.address(), key);
            while (!stopped) {
                if (!key.equals(masterKey)) {
                    key = masterKey;
                    client = new HttpCalls(pod.address(), key);
                }
                int id = ids.incrementAndGet();
                HttpCalls.Reply reply =
                        client.call("POST", "/indexes/busy/documents", "[{\"id\": " + id + "}]");
                if (reply.status() == 202) {
                    acknowledged.add(id);
                } else if (!reply.body().path("code").asString("").equals("miroir_overloaded")) {
                    // That one says: again in a moment, as lanes move. Nothing else may be said.
                    refused.add(reply.status() + " " + reply.body());
                }
                // It writes in every moment of an exchange; more would only keep the machine busy.
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void write() {
        for (TestPod pod : pods.subList(0, 2)) {
            Writer writer = new Writer(pod);
            writers.add(writer);
            writer.start();
        }
    }

    private void pause() throws InterruptedException {
        for (Writer writer : writers) {
            writer.stopped = true;
            writer.join();
        }
        writers.clear();
    }

    private void awaitWrites() throws InterruptedException {
        int wanted = acknowledged.size() + 10;
        long giveUpNanos = System.nanoTime() + 120_000_000_000L;
        while (acknowledged.size() < wanted) {
            assertTrue(System.nanoTime() < giveUpNanos, refused::toString);
            Thread.sleep(10);
        }
    }

    /**
     * What a client handed over lies under the new key when the command says so, and never lay in
     * plain: neither in what pods have on their disks nor in a backup.
     */
    private void sealKey() throws Exception {
        String hook =
                pods.getFirst()
                        .client()
                        .call(
                                "POST",
                                "/webhooks",
                                "{\"url\": \"http://127.0.0.1:1\", \"headers\": {\"x-key\": \""
                                        + SECRET_OF_CLIENT
                                        + "\"}}")
                        .body()
                        .path("uuid")
                        .asString();
        JsonNode task =
                pods.getFirst()
                        .client()
                        .done(
                                "PATCH",
                                "/indexes/sealed/settings",
                                "{\"embedders\": {\"e\": {\"source\": \"rest\", \"url\":"
                                        + " \"http://127.0.0.1:1\", \"request\": {\"input\":"
                                        + " \"{{text}}\"}, \"response\": {\"data\":"
                                        + " \"{{embedding}}\"}, \"dimensions\": 2, \"apiKey\": \""
                                        + SECRET_OF_CLIENT
                                        + "\"}}}");
        assertEquals("succeeded", task.path("status").asString(), task::toString);
        put(SEAL, OLD_SEAL + "\n" + SEAL + NEW + NEW);
        agreed();
        put(SEAL, SEAL + NEW + NEW + "\n" + OLD_SEAL);
        agreed();
        put(SEAL, SEAL + NEW + NEW);
        agreed();
        for (TestPod pod : pods) {
            HttpCalls client = new HttpCalls(pod.address(), masterKey);
            assertEquals(
                    SECRET_OF_CLIENT,
                    client.call("GET", "/webhooks/" + hook).body().at("/headers/x-key").asString());
            assertEquals(
                    "sk-seXXXXXX...",
                    client.call("GET", "/indexes/sealed/settings/embedders")
                            .body()
                            .at("/e/apiKey")
                            .asString());
        }
        Path backup = directory.resolve("state.mbk");
        Cli made =
                Cli.run(
                        "backup",
                        "--from",
                        pods.getLast().address().toString(),
                        "--to",
                        backup.toString(),
                        "--admin-key",
                        adminKey);
        assertEquals(0, made.exit(), made::toString);
        assertNowhereInPlain(backup);
        for (int pod = 0; pod < PODS; pod++) {
            assertNowhereInPlain(directory.resolve("pod-" + pod));
        }
    }

    /** Pods run meanwhile: a file may be renamed or deleted before it is read. */
    private static void assertNowhereInPlain(Path place) throws IOException {
        Files.walkFileTree(
                place,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        try {
                            String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
                            assertFalse(bytes.contains(SECRET_OF_CLIENT), file::toString);
                        } catch (NoSuchFileException gone) {
                            return FileVisitResult.CONTINUE;
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException why)
                            throws IOException {
                        if (why instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw why;
                    }
                });
    }

    /** Every key but the nodes': no write is refused, and the old keys open nothing afterwards. */
    @Test
    @Tag("nightly")
    void keysOfPodsClientsAndOperatorsAreExchangedUnderWrites() throws Exception {
        write();
        String secret = "secret-of-these-pods-only";
        put(SECRET, secret + "\n" + SECRET + NEW);
        agreed();
        // Between two pods' edits: one shows the new secret, a pod that starts shows the old one.
        put(0, SECRET, SECRET + NEW + "\n" + secret);
        Cli behind = keys();
        assertEquals(6, behind.exit(), behind::toString);
        assertTrue(behind.err().contains("the cluster secret differs"), behind::toString);
        restartLast();
        put(SECRET, SECRET + NEW + "\n" + secret);
        agreed();
        put(SECRET, SECRET + NEW);
        agreed();
        restartLast();

        sealKey();

        put(MASTER, TestPod.MASTER_KEY + "\n" + MASTER + NEW);
        agreed();
        put(MASTER, MASTER + NEW + "\n" + TestPod.MASTER_KEY);
        agreed();
        masterKey = MASTER + NEW;
        awaitWrites();
        put(MASTER, MASTER + NEW);
        agreed();

        put(ADMIN, TestPod.ADMIN_KEY + "\n" + ADMIN + NEW);
        agreed();
        put(ADMIN, ADMIN + NEW + "\n" + TestPod.ADMIN_KEY);
        agreed();
        adminKey = ADMIN + NEW;
        put(ADMIN, ADMIN + NEW);
        agreed();

        awaitWrites();
        pause();
        assertEquals(List.of(), List.copyOf(refused));
        everythingIsThere();
        for (TestPod pod : pods) {
            assertEquals(403, pod.client().call("GET", "/indexes").status());
            assertEquals(401, pod.operator().call("GET", "/_miroir/cluster").status());
        }
    }

    /**
     * The nodes start again in between, while nobody writes: what they miss would have to be copied
     * first.
     */
    @Test
    void theKeyOfNodesIsExchanged() throws Exception {
        write();
        put(NODE, TestNode.KEY + "\n" + NODE + NEW);
        agreed();
        put(NODE, NODE + NEW + "\n" + TestNode.KEY);
        agreed();
        awaitWrites();
        pause();
        for (int group = 0; group < 2; group++) {
            TestNode node = nodes.node(group, 0);
            node.kill();
            node.useKey(NODE + NEW);
            node.start();
        }
        pods.forEach(pod -> pod.client().awaitStatus("GET", "/_miroir/ready", 200));
        write();
        awaitWrites();
        put(NODE, NODE + NEW);
        agreed();
        awaitWrites();
        pause();
        assertEquals(List.of(), List.copyOf(refused));
        everythingIsThere();
    }

    /** New connections in all directions. */
    private void restartLast() throws InterruptedException {
        TestPod last = pods.getLast();
        last.restart();
        last.client().awaitStatus("GET", "/_miroir/ready", 200);
        awaitWrites();
    }

    private void everythingIsThere() {
        HttpCalls client = new HttpCalls(pods.getLast().address(), masterKey);
        JsonNode last = client.done("POST", "/indexes/busy/documents", "[{\"id\": 0}]");
        assertEquals("succeeded", last.path("status").asString(), last::toString);
        JsonNode stats = client.call("GET", "/indexes/busy/stats").body();
        assertEquals(
                acknowledged.size() + 1, stats.path("numberOfDocuments").asInt(), stats::toString);
    }
}
