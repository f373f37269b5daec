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

    private final Gate gate = new Gate(1, new EdgeMetrics(new CollectorRegistry()));

    private Route route(String pattern) {
        return gate.guarded(new Route("GET", pattern, _ -> Answer.empty(204)));
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
        Route health = route("/health");
        Route ready = route("/_miroir/ready");
        Route search = route("/indexes/{uid}/search");
        Route running =
                gate.guarded(
                        new Route(
                                "GET",
                                "/stats",
                                _ -> {
                                    assertEquals(204, health.handler().handle(REQUEST).status());
                                    assertEquals(204, ready.handler().handle(REQUEST).status());
                                    ApiException refused =
                                            assertThrows(
                                                    ApiException.class,
                                                    () -> search.handler().handle(REQUEST));
                                    assertEquals(ErrorCode.MIROIR_OVERLOADED, refused.code());
                                    return Answer.empty(200);
                                }));
        assertEquals(200, running.handler().handle(REQUEST).status());
        assertEquals(204, search.handler().handle(REQUEST).status(), "its slot is free again");
    }
}
