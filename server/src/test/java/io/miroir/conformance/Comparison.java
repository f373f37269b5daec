package io.miroir.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Compares an answer with the recorded one: key order never matters, array order does (but for mode
 * {@code unordered}), placeholders stand for volatile values, scores have a tolerance of 1e-6.
 */
final class Comparison {
    enum Mode {
        EXACT,
        UNORDERED,
        SUBSET,
        ERROR,
        STATUS
    }

    private static final double TOLERANCE = 1e-6;
    private static final Pattern TIMESTAMP =
            Pattern.compile(
                    "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$");
    private static final Pattern DURATION =
            Pattern.compile("^P(\\d+D)?(T(\\d+H)?(\\d+M)?(\\d+(\\.\\d+)?S)?)?$");
    private static final Pattern UUID =
            Pattern.compile("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$");

    private static final Map<String, Predicate<JsonNode>> PLACEHOLDERS =
            Map.of(
                    "$timestamp",
                    v -> v.isString() && TIMESTAMP.matcher(v.stringValue()).find(),
                    "$duration",
                    v ->
                            v.isString()
                                    && v.stringValue().length() > 1
                                    && DURATION.matcher(v.stringValue()).find(),
                    "$uint",
                    v -> v.isIntegralNumber() && v.bigIntegerValue().signum() >= 0,
                    "$string",
                    JsonNode::isString,
                    "$uuid",
                    v -> v.isString() && UUID.matcher(v.stringValue()).find(),
                    "$number",
                    JsonNode::isNumber,
                    "$bool",
                    JsonNode::isBoolean,
                    "$object",
                    JsonNode::isObject,
                    "$array",
                    JsonNode::isArray,
                    "$any",
                    v -> true);

    private static final Set<String> APPROXIMATE =
            Set.of(
                    "_rankingScore",
                    "score",
                    "weightedRankingScore",
                    "similarity",
                    "semanticHitCount",
                    "_rankingScoreDetails",
                    "_vectors",
                    "rankingScore");

    private final Mode mode;
    private final List<List<Object>> ignored;
    private final List<String> differences = new ArrayList<>();

    Comparison(Mode mode, List<List<Object>> ignored) {
        this.mode = mode;
        this.ignored = ignored;
    }

    List<String> differences() {
        return differences;
    }

    static boolean isPlaceholder(String text) {
        return PLACEHOLDERS.containsKey(text);
    }

    static boolean placeholderAccepts(String placeholder, JsonNode value) {
        return PLACEHOLDERS.getOrDefault(placeholder, v -> false).test(value);
    }

    void compare(JsonNode expected, JsonNode got) {
        compare(expected, got, List.of(), false);
    }

    private void compare(JsonNode expected, JsonNode got, List<Object> path, boolean approximate) {
        if (isIgnored(path)) {
            return;
        }
        if (expected.isString() && expected.stringValue().startsWith("$")) {
            String text = expected.stringValue();
            if (PLACEHOLDERS.containsKey(text)) {
                if (!placeholderAccepts(text, got)) {
                    differ(path, expected.toString(), got.toString());
                }
                return;
            }
            if (text.startsWith("$$")) {
                compareText(text.substring(1), got, path);
                return;
            }
        }
        if (expected.isNumber() && got.isNumber()) {
            compareNumbers(expected, got, path, approximate);
        } else if (expected.isObject() && got.isObject()) {
            compareObjects(expected, got, path, approximate);
        } else if (expected.isArray() && got.isArray()) {
            compareArrays(expected, got, path, approximate);
        } else if (!expected.equals(got)) {
            differ(path, expected.toString(), got.toString());
        }
    }

    private void compareText(String expected, JsonNode got, List<Object> path) {
        if (!got.isString() || !got.stringValue().equals(expected)) {
            differ(path, expected, got.toString());
        }
    }

    private void compareNumbers(
            JsonNode expected, JsonNode got, List<Object> path, boolean approximate) {
        boolean equal;
        if (approximate) {
            double a = expected.doubleValue();
            double b = got.doubleValue();
            double allowed = Math.max(TOLERANCE, TOLERANCE * Math.max(Math.abs(a), Math.abs(b)));
            equal = Math.abs(a - b) <= allowed;
        } else {
            equal = expected.decimalValue().compareTo(got.decimalValue()) == 0;
        }
        if (!equal) {
            differ(path, expected.toString(), got.toString());
        }
    }

    private void compareObjects(
            JsonNode expected, JsonNode got, List<Object> path, boolean approximate) {
        for (Map.Entry<String, JsonNode> field : expected.properties()) {
            List<Object> below = append(path, field.getKey());
            JsonNode value = got.get(field.getKey());
            if (value == null) {
                if (!isIgnored(below)) {
                    differ(below, field.getValue().toString(), "<absent>");
                }
            } else {
                boolean loose = approximate || APPROXIMATE.contains(field.getKey());
                compare(field.getValue(), value, below, loose);
            }
        }
        if (mode == Mode.SUBSET) {
            return;
        }
        for (Map.Entry<String, JsonNode> field : got.properties()) {
            List<Object> below = append(path, field.getKey());
            if (!expected.has(field.getKey()) && !isIgnored(below)) {
                differ(below, "<absent>", field.getValue().toString());
            }
        }
    }

    private void compareArrays(
            JsonNode expected, JsonNode got, List<Object> path, boolean approximate) {
        if (expected.size() != got.size()) {
            differ(
                    append(path, "length"),
                    String.valueOf(expected.size()),
                    String.valueOf(got.size()));
            return;
        }
        if (mode == Mode.UNORDERED && !approximate) {
            compareAsMultisets(expected, got, path);
            return;
        }
        for (int i = 0; i < expected.size(); i++) {
            compare(expected.get(i), got.get(i), append(path, i), approximate);
        }
    }

    private void compareAsMultisets(JsonNode expected, JsonNode got, List<Object> path) {
        List<JsonNode> left = new ArrayList<>();
        got.forEach(left::add);
        for (int i = 0; i < expected.size(); i++) {
            JsonNode wanted = expected.get(i);
            List<Object> below = append(path, i);
            if (!left.removeIf(firstMatch(wanted, below))) {
                differ(below, wanted.toString(), "<absent>");
            }
        }
    }

    /** Matches one element only, so that equal elements are counted. */
    private Predicate<JsonNode> firstMatch(JsonNode wanted, List<Object> path) {
        boolean[] taken = {false};
        return candidate -> {
            if (taken[0]) {
                return false;
            }
            Comparison element = new Comparison(mode, ignored);
            element.compare(wanted, candidate, path, false);
            taken[0] = element.differences.isEmpty();
            return taken[0];
        };
    }

    private boolean isIgnored(List<Object> path) {
        return ignored.stream().anyMatch(pattern -> JsonPath.matches(pattern, path));
    }

    private void differ(List<Object> path, String expected, String got) {
        differences.add(
                JsonPath.show(path) + ": expected " + shorten(expected) + ", got " + shorten(got));
    }

    static String shorten(String text) {
        return text.length() <= 300 ? text : text.substring(0, 300) + "…";
    }

    private static List<Object> append(List<Object> path, Object part) {
        List<Object> longer = new ArrayList<>(path);
        longer.add(part);
        return longer;
    }
}
