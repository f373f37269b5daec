package io.miroir.fanout.answer;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What nodes tell of their time, step by step. They work side by side: the slowest counts. */
final class PerformanceDetails {
    static final String FIELD = "performanceDetails";
    static final String ASKED = "showPerformanceDetails";

    /** As nodes write a duration, for example {@code 295.29µs}. */
    private static final Pattern DURATION = Pattern.compile("([0-9.]+)(ns|µs|ms|s)");

    private PerformanceDetails() {}

    /** Adds what these answers tell, if one does. */
    static void merge(List<ObjectNode> answers, ObjectNode to) {
        if (!Answers.anyHas(answers, FIELD)) {
            return;
        }
        ObjectNode slowest = JsonNodeFactory.instance.objectNode();
        for (ObjectNode answer : answers) {
            for (Map.Entry<String, JsonNode> step : answer.path(FIELD).properties()) {
                String before = slowest.path(step.getKey()).asString("");
                if (nanos(step.getValue().asString("")) > nanos(before)) {
                    slowest.set(step.getKey(), step.getValue());
                }
            }
        }
        to.set(FIELD, slowest);
    }

    /** -1 for what is no duration. */
    private static double nanos(String text) {
        Matcher duration = DURATION.matcher(text);
        if (!duration.matches()) {
            return -1;
        }
        double unit =
                switch (duration.group(2)) {
                    case "ns" -> 1;
                    case "µs" -> 1e3;
                    case "ms" -> 1e6;
                    default -> 1e9;
                };
        return Double.parseDouble(duration.group(1)) * unit;
    }
}
