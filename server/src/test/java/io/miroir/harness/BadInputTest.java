package io.miroir.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.cli.client.Api;
import io.miroir.cli.client.ApiAnswer;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.fleet.ChildProcess;
import io.miroir.cli.fleet.FleetException;
import io.miroir.cli.fleet.FleetNode;
import io.miroir.cli.fleet.FleetPod;
import io.miroir.cli.fleet.FleetShape;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Trouble that comes from outside, on one pod with the single-pod store and two groups. */
@Tag("cluster")
class BadInputTest {
    private static final FleetShape SHAPE = new FleetShape(1, 2, 1, 8, 1);

    @TempDir static Path dir;
    private static TestCluster cluster;
    private static FleetPod pod;

    @BeforeAll
    static void start() {
        cluster = TestCluster.start(dir, SHAPE);
        pod = cluster.fleet().pods().getFirst();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /**
     * Protocol rule 1: the body, 50 MB, is spooled, not held; a pod of 256 MB takes it whole, which
     * has no room for it and its copies for two groups, nor for its documents as objects.
     */
    @Test
    @Tag("nightly")
    void aHundredThousandDocumentsInOneRequest() {
        int count = 100_000;
        StringBuilder body = new StringBuilder("[");
        for (int i = 0; i < count; i++) {
            body.append(i == 0 ? "" : ",")
                    .append("{\"id\":")
                    .append(i)
                    .append(",\"title\":\"document number ")
                    .append(i)
                    .append("\",\"text\":\"")
                    .append("lorem ipsum dolor sit amet ".repeat(16))
                    .append("\"}");
        }
        cluster.createIndex("large", Json.object());
        Api patient = new Api(cluster.client(), System::nanoTime, Duration.ofMinutes(4));
        patient.change(ApiCall.documents("large", body.append("]").toString()));
        assertEquals(count, cluster.documents("large"));
        assertTrue(pod.process().isAlive(), "an OutOfMemoryError would have ended it");
    }

    /** Protocol rule 1: nothing is sent of a request that did not arrive whole. */
    @Test
    void aClientThatHangsUpInTheMiddleWritesNothing() throws IOException {
        JsonNode before = cluster.api().call(ApiCall.get("/tasks?limit=1"));
        String half = "[{\"id\":1},{\"id\":2},".repeat(2_000);
        String head =
                """
                POST /indexes/halved/documents HTTP/1.1
                Host: localhost
                Authorization: Bearer %s
                Content-Type: application/json
                Content-Length: 10000000

                """
                        .formatted(TestCluster.MASTER_KEY)
                        .replace("\n", "\r\n");
        for (int i = 0; i < 3; i++) {
            try (Socket socket =
                    new Socket(InetAddress.getLoopbackAddress(), pod.http().getPort())) {
                OutputStream out = socket.getOutputStream();
                out.write((head + half).getBytes(StandardCharsets.US_ASCII));
                out.flush();
            }
        }
        // A whole write after them is the next task: they were none.
        cluster.createIndex("whole", Json.object());
        JsonNode after = cluster.api().call(ApiCall.get("/tasks?limit=1"));
        assertEquals(before.path("total").asLong() + 1, after.path("total").asLong());
        ApiAnswer halved = cluster.at(pod, ApiCall.get("/indexes/halved"));
        assertEquals(404, halved.status(), halved.toString());
    }

    @Test
    void malformedDocumentsAreRefusedAndNothingIsWritten() {
        cluster.createIndex("malformed", Json.object());
        for (String body :
                new String[] {"[{\"id\":1},{\"id\":", "[1,2]", "{\"id\":1} x", "", "[{\"id\":1}"}) {
            ApiAnswer answer = cluster.at(pod, ApiCall.documents("malformed", body));
            assertEquals(400, answer.status(), body + " → " + answer);
        }
        for (String[] typed :
                new String[][] {
                    {"application/x-ndjson", "{\"id\":1}\n{\"id\"\n"},
                    {"text/csv", "id,t\n1,x\n2\n"},
                    {"text/csv", "id:number\nx\n"}
                }) {
            ApiCall call =
                    ApiCall.documents("malformed", typed[1]).withHeader("Content-Type", typed[0]);
            ApiAnswer answer = cluster.at(pod, call);
            assertEquals(400, answer.status(), typed[1] + " → " + answer);
        }
        assertEquals(0, cluster.documents("malformed"));
    }

    @Test
    void aPortInUseIsToldWithItsNumber() throws IOException {
        TestCluster second = TestCluster.layOut(dir.resolve("second"), SHAPE);
        int port = second.fleet().pods().getFirst().http().getPort();
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            FleetException refused =
                    assertThrows(FleetException.class, () -> second.fleet().start());
            assertTrue(
                    refused.getMessage().contains(String.valueOf(taken.getLocalPort())),
                    refused.getMessage());
            assertNotEquals(0, second.fleet().pods().getFirst().process().exitCode());
        } finally {
            second.close();
        }
    }

    @Test
    void aPodStartsAndWorksWithoutOneOfItsNodes() {
        TestCluster lame = TestCluster.layOut(dir.resolve("lame"), SHAPE);
        try {
            FleetNode present = lame.fleet().nodes().getFirst();
            start(present.process());
            start(lame.fleet().pods().getFirst().process());
            lame.fleet().awaitReady(present);
            lame.fleet().awaitReady(lame.fleet().pods().getFirst());
            lame.api().change(ApiCall.documents("half", "[{\"id\":1,\"t\":\"word\"}]"));
            JsonNode found =
                    lame.api()
                            .call(
                                    ApiCall.search(
                                            "/indexes/half/search",
                                            Json.object().put("q", "word")));
            assertEquals(1, found.path("hits").size(), found.toString());
        } finally {
            lame.close();
        }
    }

    private static void start(@Nullable ChildProcess process) {
        if (process == null) {
            throw new IllegalStateException("the fleet's own processes are started");
        }
        process.start();
    }
}
