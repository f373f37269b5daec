package io.miroir.conformance;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/** One scenario: its steps in order against one server, then its clean-up. */
final class ScenarioRun {
    /** {@code differences} is empty where the step passed. */
    record StepResult(String scenario, int step, String request, List<String> differences) {
        String id() {
            return scenario + "#" + step;
        }
    }

    private static final Set<String> SETUP_VERBS = Set.of("PUT", "PATCH", "DELETE");

    private final ServerUnderTest server;
    private final JsonNode scenario;
    private final String name;
    private final Variables variables = new Variables();
    private final List<StepResult> results = new ArrayList<>();

    ScenarioRun(ServerUnderTest server, JsonNode scenario) {
        this.server = server;
        this.scenario = scenario;
        this.name = scenario.path("name").asString();
        variables.put("px", scenario.path("prefix").asString() + "_");
        variables.put("master", server.masterKey());
        variables.put("random", "qwertzuiopas");
    }

    List<StepResult> run(Set<String> tiers) throws Exception {
        List<String> features = new ArrayList<>();
        scenario.path("features").forEach(f -> features.add(f.asString()));
        server.features(features, true);
        int number = 0;
        for (JsonNode step : scenario.path("steps")) {
            String tier = step.path("tier").asString(scenario.path("tier").asString("api"));
            boolean wanted = tiers.contains(tier);
            if (wanted || isSetup(step)) {
                List<String> differences = runStep(step);
                if (wanted) {
                    String request = step.path("do").asString();
                    results.add(new StepResult(name, number, request, differences));
                }
            }
            number++;
        }
        server.cleanUp(variables.text("${px}"), features);
        return results;
    }

    private static boolean isSetup(JsonNode step) {
        return step.path("await").asBoolean(false)
                || step.has("capture")
                || SETUP_VERBS.contains(step.path("do").asString().split(" ", 2)[0]);
    }

    private List<String> runStep(JsonNode step) {
        List<String> differences = new ArrayList<>();
        try {
            Response response = send(step);
            @Nullable JsonNode task = task(step, response, differences);
            capture(step, response, task, differences);
            check(step, response, task, differences);
        } catch (IOException
                | GeneralSecurityException
                | InterruptedException
                | Variables.Unresolved e) {
            differences.add(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
        return differences;
    }

    private Response send(JsonNode step) throws IOException, GeneralSecurityException {
        String[] words = step.path("do").asString().split(" ", 2);
        String method = variables.text(words[0]);
        String path = variables.text(words[1]);
        JsonNode query = step.path("query");
        if (query.isString() || !query.isEmpty()) {
            path += (path.contains("?") ? "&" : "?") + StepRequest.query(query, variables);
        }
        Map<String, String> headers = new LinkedHashMap<>();
        StepRequest.authorization(step, variables, server.masterKey())
                .ifPresent(value -> headers.put("Authorization", "Bearer " + value));
        byte @Nullable [] body = StepRequest.body(step, variables);
        String contentType = step.path("contentType").asString("");
        if (step.has("body") && !step.has("contentType")) {
            contentType = "application/json";
        }
        if (body != null && step.has("encode")) {
            String encoding = step.path("encode").asString();
            body = Encodings.encode(encoding, body);
            if (!step.has("contentEncoding")) {
                headers.put("Content-Encoding", encoding);
            }
        }
        if (!contentType.isEmpty()) {
            headers.put("Content-Type", contentType);
        }
        step.path("headers")
                .properties()
                .forEach(h -> headers.put(h.getKey(), variables.text(h.getValue().asString())));
        if (body == null && Set.of("POST", "PUT", "PATCH").contains(method)) {
            body = new byte[0];
        }
        return server.send(method, path, headers, body);
    }

    /** The finished task of an enqueued one, where the step waits for it. */
    private @Nullable JsonNode task(JsonNode step, Response response, List<String> differences)
            throws IOException, InterruptedException {
        boolean tasksRoute = step.path("do").asString().split(" ", 2)[1].startsWith("/tasks");
        boolean enqueued =
                response.json().has("taskUid")
                        && (response.status() == 202 || (response.status() == 200 && tasksRoute));
        if (!enqueued) {
            return null;
        }
        JsonNode uid = response.json().path("taskUid");
        if (!server.isNewTask(uid)) {
            differences.add("taskUid: not increasing: " + uid);
        }
        if (!step.path("await").asBoolean(false)) {
            return null;
        }
        JsonNode finished = server.await(uid.asLong());
        if (!ServerUnderTest.isTerminal(finished)) {
            differences.add("task: not finished: " + finished);
        }
        return finished;
    }

    private void capture(
            JsonNode step, Response response, @Nullable JsonNode task, List<String> differences) {
        for (Map.Entry<String, JsonNode> capture : step.path("capture").properties()) {
            List<Object> path = JsonPath.parse(capture.getValue().asString());
            @Nullable JsonNode value =
                    switch (path.getFirst().toString()) {
                        case "task" ->
                                task == null
                                        ? null
                                        : JsonPath.get(task, path.subList(1, path.size()));
                        case "headers" -> response.header((String) path.getLast());
                        default -> JsonPath.get(response.json(), path);
                    };
            if (value == null) {
                differences.add("nothing to capture at " + capture.getValue().asString());
            } else {
                variables.put(capture.getKey(), value);
            }
        }
    }

    private void check(
            JsonNode step, Response response, @Nullable JsonNode task, List<String> differences) {
        JsonNode expect = variables.substitute(step.path("expect"), false);
        Comparison.Mode mode =
                Comparison.Mode.valueOf(
                        step.path("compare").asString("exact").toUpperCase(Locale.ROOT));
        if (response.status() != expect.path("status").asInt()) {
            differences.add(
                    "status: expected "
                            + expect.path("status")
                            + ", got "
                            + response.status()
                            + " "
                            + Comparison.shorten(response.text()));
        }
        checkHeaders(expect, response, differences);
        Comparison comparison = new Comparison(mode, ignored(step, mode));
        if (mode != Comparison.Mode.STATUS) {
            checkBody(expect, response, comparison, differences);
        }
        JsonNode expectedTask = expect.path("task");
        if (!expectedTask.isMissingNode() && task != null) {
            comparison.compare(wrap(expectedTask), wrap(task));
        } else if (!expectedTask.isMissingNode()) {
            differences.add("task: expected one, none was enqueued");
        } else if (task != null) {
            differences.add("task: expected none, got " + task);
        }
        differences.addAll(comparison.differences());
    }

    private static void checkHeaders(JsonNode expect, Response response, List<String> differences) {
        for (Map.Entry<String, JsonNode> header : expect.path("headers").properties()) {
            JsonNode got = response.header(header.getKey());
            JsonNode wanted = header.getValue();
            boolean equal;
            if (wanted.isString() && Comparison.isPlaceholder(wanted.stringValue())) {
                equal = Comparison.placeholderAccepts(wanted.stringValue(), got);
            } else {
                equal =
                        Response.normal(header.getKey(), got)
                                .equals(Response.normal(header.getKey(), wanted));
            }
            if (!equal) {
                differences.add(
                        "header " + header.getKey() + ": expected " + wanted + ", got " + got);
            }
        }
    }

    private static void checkBody(
            JsonNode expect, Response response, Comparison comparison, List<String> differences) {
        if (expect.has("body")) {
            if (response.json().isMissingNode()) {
                differences.add("body: not JSON: " + Comparison.shorten(response.text()));
            } else {
                comparison.compare(expect.path("body"), response.json());
            }
        } else if (expect.has("text")) {
            if (!response.text().equals(expect.path("text").asString())) {
                differences.add(
                        "body: expected "
                                + Comparison.shorten(expect.path("text").asString())
                                + ", got "
                                + Comparison.shorten(response.text()));
            }
        } else if (expect.path("empty").asBoolean(false) && !response.text().isEmpty()) {
            differences.add("body: expected none, got " + Comparison.shorten(response.text()));
        }
    }

    private static JsonNode wrap(JsonNode task) {
        Map<String, JsonNode> fields = new HashMap<>();
        fields.put("task", task);
        return ServerUnderTest.JSON.valueToTree(fields);
    }

    private static List<List<Object>> ignored(JsonNode step, Comparison.Mode mode) {
        List<List<Object>> ignored = new ArrayList<>();
        step.path("ignore").forEach(path -> ignored.add(JsonPath.parse(path.asString())));
        if (mode == Comparison.Mode.ERROR) {
            ignored.add(JsonPath.parse("message"));
            ignored.add(JsonPath.parse("task.error.message"));
        }
        return ignored;
    }

    /** An answer, its JSON parsed where it is JSON; an absent header is a JSON null. */
    record Response(int status, Map<String, String> headers, String text, JsonNode json) {
        JsonNode header(String header) {
            String value = headers.get(header.toLowerCase(Locale.ROOT));
            if (value == null) {
                return NullNode.getInstance();
            }
            return ServerUnderTest.JSON.valueToTree(
                    header.equalsIgnoreCase("content-type")
                            ? value.split(";", 2)[0].strip().toLowerCase(Locale.ROOT)
                            : value);
        }

        /** Lists in headers are sets. */
        static Object normal(String header, JsonNode value) {
            boolean list = Set.of("allow", "vary", "access-control-allow-methods").contains(header);
            if (!list || !value.isString()) {
                return value;
            }
            return Set.of(value.stringValue().toLowerCase(Locale.ROOT).split("\\s*,\\s*"));
        }
    }
}
