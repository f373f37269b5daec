package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class PerformanceDetailsTest {
    /** Shows: each step has the longest time that a node took, whatever the unit. */
    @Test
    void theSlowestCounts() {
        ObjectNode merged = Json.object();
        PerformanceDetails.merge(
                List.of(
                        answer("{\"search\": \"900.00ns\", \"search > rank\": \"2.00ms\"}"),
                        answer("{\"search\": \"1.50µs\", \"search > rank\": \"0.01s\"}"),
                        answer("{\"search\": \"odd\", \"wait\": \"3.00µs\"}")),
                merged);
        assertEquals(
                answer(
                        "{\"search\": \"1.50µs\", \"search > rank\": \"0.01s\","
                                + " \"wait\": \"3.00µs\"}"),
                merged);
    }

    @Test
    void whoIsNotAskedTellsNothing() {
        ObjectNode merged = Json.object();
        PerformanceDetails.merge(List.of(Json.object()), merged);
        assertEquals(Json.object(), merged);
    }

    private static ObjectNode answer(String details) {
        ObjectNode answer = Json.object();
        answer.set("performanceDetails", Json.parse(details));
        return answer;
    }
}
