package io.miroir.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** How `miroir verify` ends, by what a pod tells. */
class VerifyCommandTest {
    private static int exitOf(String pass) throws IOException {
        byte[] answer = "{\"indexes\": {\"i\": %s}}".formatted(pass).getBytes(UTF_8);
        InetAddress here = InetAddress.getLoopbackAddress();
        HttpServer pod = HttpServer.create(new InetSocketAddress(here, 0), 0);
        pod.createContext(
                "/",
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    exchange.getResponseHeaders().set("Content-Type", "application/json");
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        pod.start();
        try {
            String address = "http://127.0.0.1:" + pod.getAddress().getPort();
            String[] arguments = {"verify", "--from", address, "--admin-key", "key"};
            CommandLine miroir = Main.commandLine(arguments);
            miroir.setOut(new PrintWriter(new StringWriter()));
            return miroir.execute(arguments);
        } finally {
            pod.stop(0);
        }
    }

    @Test
    void whereAllAreTheSameItEndsWell() throws Exception {
        assertEquals(0, exitOf("{\"state\": \"done\", \"shards\": 4, \"of_shards\": 4}"));
    }

    /** Shows: nor does an index for whose pass the store had no room count as compared. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"state\": \"never\"}",
                "{\"state\": \"failed\"}",
                "{\"state\": \"done\", \"mismatches\": 1}",
                "{\"state\": \"done\", \"unsure\": 1}"
            })
    void whatDiffersOrWasNotComparedIsNoSuccess(String pass) throws Exception {
        assertEquals(6, exitOf(pass));
    }
}
