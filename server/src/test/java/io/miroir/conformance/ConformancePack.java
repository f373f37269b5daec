package io.miroir.conformance;

import io.miroir.conformance.ScenarioRun.StepResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** All recorded scenarios, in the order of their names. */
public final class ConformancePack {
    private final List<JsonNode> scenarios;

    private ConformancePack(List<JsonNode> scenarios) {
        this.scenarios = scenarios;
    }

    /** The repository's copy of the pack. */
    public static ConformancePack load() throws IOException, URISyntaxException {
        URL cases = ConformancePack.class.getResource("/conformance/cases");
        if (cases == null) {
            throw new IOException("the recorded cases are missing from the test resources");
        }
        try (Stream<Path> files = Files.list(Path.of(cases.toURI()))) {
            return new ConformancePack(
                    files.filter(f -> f.toString().endsWith(".json"))
                            .sorted()
                            .map(ConformancePack::read)
                            .toList());
        }
    }

    /** The scenarios with these names. */
    public ConformancePack only(Set<String> names) {
        List<JsonNode> some =
                scenarios.stream()
                        .filter(scenario -> names.contains(scenario.path("name").asString()))
                        .toList();
        if (some.size() != names.size()) {
            throw new IllegalArgumentException(names + " are not all there");
        }
        return new ConformancePack(some);
    }

    private static JsonNode read(Path file) {
        try {
            return ServerUnderTest.JSON.readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The scenarios whose names begin so. */
    public ConformancePack only(String... prefixes) {
        return new ConformancePack(
                scenarios.stream().filter(scenario -> begins(scenario, prefixes)).toList());
    }

    /** The scenarios whose names begin otherwise. */
    public ConformancePack without(String... prefixes) {
        return new ConformancePack(
                scenarios.stream().filter(scenario -> !begins(scenario, prefixes)).toList());
    }

    private static boolean begins(JsonNode scenario, String... prefixes) {
        String name = scenario.path("name").asString();
        return Arrays.stream(prefixes).anyMatch(name::startsWith);
    }

    /** What a replay found; {@code failures} name the step, then its differences. */
    public record Report(int passed, List<String> failed, List<String> failures) {
        public int total() {
            return passed + failed.size();
        }
    }

    /** Replays the steps of the given tiers against a fresh, empty server. */
    public Report replay(URI server, String masterKey, Set<String> tiers) throws Exception {
        ServerUnderTest target = new ServerUnderTest(server, masterKey);
        int passed = 0;
        List<String> failed = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (JsonNode scenario : scenarios) {
            for (StepResult step : new ScenarioRun(target, scenario).run(tiers)) {
                if (step.differences().isEmpty()) {
                    passed++;
                } else {
                    failed.add(step.id());
                    failures.add(step.id() + " " + step.request());
                    step.differences().forEach(d -> failures.add("    " + d));
                }
            }
        }
        return new Report(passed, failed, failures);
    }
}
