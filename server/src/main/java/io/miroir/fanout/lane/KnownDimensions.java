package io.miroir.fanout.lane;

import io.miroir.api.settings.Setting;
import io.miroir.cluster.IndexView;
import io.miroir.store.ReadLevel;
import io.miroir.store.task.TaskRow;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How long the vectors of an index's embedders are, as its settings say. Nothing is known while
 * changes of its embedders wait: whether they succeed is not known either.
 */
final class KnownDimensions implements Supplier<Map<String, Integer>> {
    private static final String DIMENSIONS = "dimensions";

    private final LaneContext context;
    private final Optional<IndexView> index;
    private @Nullable Map<String, Integer> known;

    KnownDimensions(LaneContext context, Optional<IndexView> index) {
        this.context = context;
        this.index = index;
    }

    @Override
    public Map<String, Integer> get() {
        Map<String, Integer> asked = known;
        if (asked == null) {
            asked = index.map(this::read).orElseGet(Map::of);
            known = asked;
        }
        return asked;
    }

    private Map<String, Integer> read(IndexView view) {
        JsonNode embedders = view.settings().path(Setting.EMBEDDERS.key());
        if (context.store().tasks().unfinished(ReadLevel.LOCAL, view.row().uid()).stream()
                .anyMatch(task -> changes(task, embedders))) {
            return Map.of();
        }
        // What had waited when the view was taken may have ended before tasks were read.
        if (context.store()
                .indexes()
                .get(ReadLevel.LOCAL, view.row().uid())
                .filter(row -> row.settingsVersion() == view.row().settingsVersion())
                .filter(row -> row.incarnation() == view.row().incarnation())
                .isEmpty()) {
            return Map.of();
        }
        Map<String, Integer> dimensions = new HashMap<>();
        for (Map.Entry<String, JsonNode> embedder : embedders.properties()) {
            JsonNode size = embedder.getValue().path(DIMENSIONS);
            if (size.isInt()) {
                dimensions.put(embedder.getKey(), size.intValue());
            }
        }
        return dimensions;
    }

    private static boolean changes(TaskRow task, JsonNode embedders) {
        Details details = Details.parse(task.detailsJson());
        ObjectNode whole = details.settings();
        return details.visible().has(Setting.EMBEDDERS.key())
                || (whole != null && !whole.path(Setting.EMBEDDERS.key()).equals(embedders));
    }
}
