package io.miroir.embedded.engine.store;

import io.miroir.api.settings.FilterableRule;
import io.miroir.api.settings.Patterns;
import io.miroir.embedded.engine.settings.IndexSettings;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Finds the values of a document that filters, sorts and facets use. */
final class FacetWalk {
    private final IndexSettings settings;
    private final Sink sink;

    /** Receives values. */
    interface Sink {
        /** The path is there. */
        void exists(String path);

        /** The path is null. */
        void isNull(String path);

        /** The path holds an empty string, array or object. */
        void isEmpty(String path);

        /** The path holds this text. */
        void string(String path, String value);

        /** The path holds this number. */
        void number(String path, double value);
    }

    FacetWalk(IndexSettings settings, Sink sink) {
        this.settings = settings;
        this.sink = sink;
    }

    /** Walks one top-level field. */
    void field(String name, JsonNode value) {
        if (!mayHold(name)) {
            return;
        }
        if (value.isObject()) {
            object(value, name, true);
        } else if (value.isArray()) {
            array(value, name, true);
        }
        take(name, value, true);
    }

    private void object(JsonNode object, String path, boolean outsideArrays) {
        if (object.isEmpty()) {
            take(path, object, outsideArrays);
        }
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            String inner = path + "." + member.getKey();
            JsonNode value = member.getValue();
            take(inner, value, true);
            if (mayHold(inner)) {
                if (value.isObject()) {
                    object(value, inner, true);
                } else if (value.isArray()) {
                    array(value, inner, true);
                }
            }
        }
    }

    private void array(JsonNode array, String path, boolean outsideArrays) {
        if (array.isEmpty()) {
            take(path, array, outsideArrays);
        }
        for (JsonNode value : array) {
            if (value.isObject()) {
                object(value, path, false);
            } else if (value.isArray()) {
                array(value, path, false);
            } else {
                take(path, value, false);
            }
        }
    }

    /** Whether the path or something nested in it may be a facet. */
    private boolean mayHold(String path) {
        if (settings.isFaceted(path)) {
            return true;
        }
        for (FilterableRule rule : settings.filterable()) {
            if (rule.match(path) != Patterns.Match.NONE) {
                return true;
            }
        }
        for (String sorted : settings.sortedPaths()) {
            if (Patterns.isWithin(sorted, path)) {
                return true;
            }
        }
        return false;
    }

    private void take(String path, JsonNode value, boolean outsideArrays) {
        if (!settings.isFaceted(path)) {
            return;
        }
        sink.exists(path);
        switch (value.getNodeType()) {
            case NUMBER -> {
                double number = value.doubleValue();
                if (Double.isFinite(number)) {
                    sink.number(path, number);
                }
            }
            case STRING -> {
                if (!value.stringValue().isEmpty()) {
                    sink.string(path, value.stringValue());
                } else if (outsideArrays) {
                    sink.isEmpty(path);
                }
            }
            case BOOLEAN -> sink.string(path, value.booleanValue() ? "true" : "false");
            case NULL -> {
                if (outsideArrays) {
                    sink.isNull(path);
                }
            }
            case ARRAY, OBJECT -> {
                if (value.isEmpty() && outsideArrays) {
                    sink.isEmpty(path);
                }
            }
            case BINARY, MISSING, POJO -> {}
        }
    }
}
