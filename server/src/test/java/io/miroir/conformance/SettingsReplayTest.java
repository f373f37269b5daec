package io.miroir.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.api.features.Features;
import io.miroir.api.settings.Setting;
import io.miroir.api.settings.Settings;
import io.miroir.api.settings.SettingsUpdate;
import io.miroir.conformance.Comparison.Mode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Changes of settings one after the other, as a Meilisearch 1.50 made them: what it showed after
 * each of them, which it refused, and in which words. {@code -Dmiroir.settings=FILE} replays
 * others.
 */
class SettingsReplayTest {
    private static final String RECORDED = "/conformance/cases/254-settings-changes.json";
    private static final String INDEX = "/indexes/${px}s";
    private static final String PATH = INDEX + "/settings";

    private final List<String> differences = new ArrayList<>();
    private ObjectNode settings = Settings.defaults();
    private Features features = Features.NONE;

    @Test
    void changesMakeWhatMeilisearchMakesOfThem() throws Exception {
        JsonNode steps = recorded().path("steps");
        set(Json.parse("{\"compositeEmbedders\":true,\"multimodal\":true}"));
        int changes = 0;
        for (int i = 0; i < steps.size(); i++) {
            JsonNode step = steps.path(i);
            String[] asked = step.path("do").asString().split(" ", 2);
            if (asked[1].equals("/experimental-features")) {
                set(step.path("body"));
            } else if (asked[1].startsWith(PATH)) {
                String setting = asked[1].substring(PATH.length());
                if (asked[0].equals("GET")) {
                    assertShown(i, setting, step.path("expect").path("body"));
                } else {
                    change(i, asked[0], setting, step);
                    changes++;
                }
            }
        }
        assertTrue(changes > 50, "changes: " + changes);
        assertEquals(List.of(), differences);
    }

    private static JsonNode recorded() throws IOException {
        String other = System.getProperty("miroir.settings");
        if (other != null) {
            return Json.parse(Files.readAllBytes(Path.of(other)));
        }
        try (InputStream in = SettingsReplayTest.class.getResourceAsStream(RECORDED)) {
            return Json.parse(in.readAllBytes());
        }
    }

    private void set(JsonNode switched) {
        features = features.with(Features.switches(switched));
    }

    private void change(int step, String verb, String setting, JsonNode recorded) {
        JsonNode answer = recorded.path("expect");
        JsonNode body = recorded.path("body");
        SettingsUpdate update;
        try {
            update = verb.equals("DELETE") ? reset(setting) : parsed(setting, body);
            update.require(features);
        } catch (ApiException refused) {
            compare(step, "refused", answer.path("body"), refused.toJson());
            return;
        }
        if (answer.path("status").asInt() != 202) {
            differences.add("step " + step + ": taken: " + body + ", not " + answer.path("body"));
            return;
        }
        JsonNode task = answer.path("task");
        compare(step, "details", task.path("details"), Settings.shown(update.changes()));
        try {
            settings = Settings.apply(settings, update);
            compare(step, "task", task.path("error"), Json.parse("null"));
        } catch (ApiException failed) {
            ObjectNode error = failed.toJson();
            error.put("message", "Index `${px}s`: " + failed.text());
            compare(step, "task", task.path("error"), error);
        }
    }

    private static SettingsUpdate reset(String setting) {
        return SettingsUpdate.reset(
                setting.isEmpty()
                        ? List.of(Setting.values())
                        : List.of(named(setting.substring(1))));
    }

    private static SettingsUpdate parsed(String setting, JsonNode body) {
        return setting.isEmpty()
                ? SettingsUpdate.parse(body)
                : SettingsUpdate.parse(named(setting.substring(1)), body);
    }

    private static Setting named(String path) {
        return Setting.shown().stream()
                .filter(setting -> setting.path().equals(path))
                .findFirst()
                .orElseThrow();
    }

    private void assertShown(int step, String setting, JsonNode expected) {
        ObjectNode shown = Settings.shownWhole(settings);
        compare(
                step,
                "shown",
                expected,
                setting.isEmpty() ? shown : shown.path(named(setting.substring(1)).key()));
    }

    private void compare(int step, String what, JsonNode expected, JsonNode found) {
        Comparison comparison = new Comparison(Mode.EXACT, List.of());
        comparison.compare(expected, found);
        comparison
                .differences()
                .forEach(one -> differences.add("step " + step + ", " + what + ": " + one));
    }
}
