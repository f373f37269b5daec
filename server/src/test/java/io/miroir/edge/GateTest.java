package io.miroir.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.prometheus.client.CollectorRegistry;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** How many requests run at a time, and which always do. */
class GateTest {
    private static final Request REQUEST =
            (Request)
                    Proxy.newProxyInstance(
                            Request.class.getClassLoader(),
                            new Class<?>[] {Request.class},
                            (_, method, _) -> method.getName());

    private final CollectorRegistry registry = new CollectorRegistry();
    private final Gate gate = new Gate(new Edge.Slots(1, 1), new EdgeMetrics(registry));

    private Route route(String pattern) {
        return route("GET", pattern);
    }

    private Route route(String verb, String pattern) {
        return gate.guarded(new Route(verb, pattern, _ -> Answer.empty(204)));
    }

    private interface Check {
        void run() throws Exception;
    }

    /** Checks something while a request of this route is worked on. */
    private void during(String verb, String pattern, Check check) throws Exception {
        gate.guarded(
                        new Route(
                                verb,
                                pattern,
                                _ -> {
                                    check.run();
                                    return Answer.empty(200);
                                }))
                .handler()
                .handle(REQUEST);
    }

    private static void enters(Route route) throws Exception {
        assertEquals(204, route.handler().handle(REQUEST).status());
    }

    private static void isRefused(Route route) {
        ApiException refused =
                assertThrows(ApiException.class, () -> route.handler().handle(REQUEST));
        assertEquals(ErrorCode.MIROIR_OVERLOADED, refused.code());
    }

    private double taken(String kind) {
        return registry.getSampleValue(
                "miroir_request_slots_taken", new String[] {"kind"}, new String[] {kind});
    }

    /** What a log line says beside its words stands in fields, which can be searched. */
    @Test
    void anAnswerIsLoggedInFields() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(Gate.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
        logger.addAppender(lines);
        try {
            route("/health").handler().handle(REQUEST);
        } finally {
            logger.detachAppender(lines);
            logger.setAdditive(true);
            logger.setLevel(null);
        }
        Map<String, Object> fields =
                lines.list.getFirst().getKeyValuePairs().stream()
                        .collect(Collectors.toMap(pair -> pair.key, pair -> pair.value));
        assertEquals("GET", fields.get("method"));
        assertEquals("rawPath", fields.get("path"));
        assertEquals(204, fields.get("status"));
        assertEquals(Set.of("method", "path", "status", "duration_ms"), fields.keySet());
    }

    /** A pod that is busy is not dead: who asks must not end it. */
    @Test
    void aFullPodRefusesRequestsAndStillSaysThatItLives() throws Exception {
        Route search = route("/indexes/{uid}/search");
        during(
                "GET",
                "/stats",
                () -> {
                    enters(route("/health"));
                    enters(route("/_miroir/ready"));
                    isRefused(search);
                });
        enters(search);
    }

    /** Writes wait for nodes: an index that is slow must not close the pod for searches. */
    @Test
    void whereWritesTakeAllTheirSlotsReadsStillEnter() throws Exception {
        during(
                "PUT",
                "/indexes/{uid}/documents",
                () -> {
                    isRefused(route("POST", "/indexes/{uid}/documents"));
                    isRefused(route("PATCH", "/indexes/{uid}/settings"));
                    isRefused(route("POST", "/indexes"));
                    enters(route("POST", "/indexes/{uid}/search"));
                    enters(route("POST", "/indexes/{uid}/documents/fetch"));
                    enters(route("GET", "/indexes/{uid}/settings"));
                    enters(route("POST", "/multi-search"));
                    enters(route("GET", "/tasks/{task}"));
                    enters(route("POST", "/_miroir/cluster/replace"));
                    assertEquals(1, taken("write"));
                });
        assertEquals(0, taken("write"));
    }

    @Test
    void whereReadsTakeAllTheirSlotsWritesStillEnter() throws Exception {
        during(
                "POST",
                "/indexes/{uid}/search",
                () -> {
                    isRefused(route("GET", "/indexes/{uid}/search"));
                    enters(route("POST", "/indexes/{uid}/documents"));
                    enters(route("DELETE", "/indexes/{uid}"));
                    assertEquals(1, taken("other"));
                });
        assertEquals(0, taken("other"));
    }
}
