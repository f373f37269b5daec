package io.miroir.embedded.engine.store;

import io.miroir.api.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is committed together with the documents.
 *
 * @param taskUid the last task applied; -1 for none
 * @param outcomes what became of the tasks of the last commit, as JSON
 * @param primaryKey null while there is none
 * @param settings complete settings
 * @param paths paths of values, by their number
 */
public record CommitData(
        long taskUid,
        ObjectNode outcomes,
        @Nullable String primaryKey,
        ObjectNode settings,
        List<String> paths) {

    /** Of an index that nothing was ever committed to. */
    static CommitData empty() {
        return new CommitData(-1, Json.object(), null, Json.object(), List.of());
    }

    Map<String, String> toMap() {
        Map<String, String> map = new HashMap<>();
        map.put("taskUid", Long.toString(taskUid));
        map.put("outcomes", Json.text(outcomes));
        if (primaryKey != null) {
            map.put("primaryKey", primaryKey);
        }
        map.put("settings", Json.text(settings));
        ArrayNode names = Json.array();
        paths.forEach(names::add);
        map.put("paths", Json.text(names));
        return map;
    }

    static CommitData of(Map<String, String> map) {
        if (map.isEmpty()) {
            return empty();
        }
        List<String> paths = new ArrayList<>();
        Json.parse(text(map, "paths")).forEach(path -> paths.add(path.stringValue()));
        return new CommitData(
                Long.parseLong(text(map, "taskUid")),
                Json.parseObject(text(map, "outcomes")),
                map.get("primaryKey"),
                Json.parseObject(text(map, "settings")),
                paths);
    }

    private static String text(Map<String, String> map, String key) {
        String value = map.get(key);
        if (value == null) {
            throw new IllegalStateException("commit lacks " + key);
        }
        return value;
    }
}
