package io.miroir.fanout.answer;

import io.miroir.api.settings.Patterns;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Attribute names: dotted paths into documents, as requests and settings list them. */
final class Attributes {
    private Attributes() {}

    /** True if a list names the attribute, one that it is in, or everything. */
    static boolean covers(List<String> list, String attribute) {
        return list.contains("*") || Patterns.isWithinAny(attribute, list);
    }

    /**
     * Of an attribute that a list does not name the outermost part that nothing in the list is in:
     * itself, or what is around it.
     */
    static String outermost(List<String> list, String attribute) {
        for (int dot = attribute.indexOf('.'); dot >= 0; dot = attribute.indexOf('.', dot + 1)) {
            String around = attribute.substring(0, dot);
            if (list.stream().noneMatch(name -> Patterns.isWithinAny(name, List.of(around)))) {
                return around;
            }
        }
        return attribute;
    }

    /**
     * Removes an attribute that a list does not name from what was asked for by the list and by
     * that attribute.
     */
    static void removeBeyond(List<String> list, JsonNode from, String attribute) {
        remove(from, attribute);
        String around = outermost(list, attribute);
        if (!around.equals(attribute)) {
            remove(from, around);
        }
    }

    /** The names in a JSON list; empty if it is none. */
    static List<String> names(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).toList();
    }

    /**
     * Removes what a path leads to, in objects and arrays of objects, and objects that are empty
     * then.
     */
    static void remove(JsonNode from, String path) {
        switch (from) {
            case ObjectNode object -> removeFromObject(object, path);
            case ArrayNode array -> array.forEach(element -> remove(element, path));
            default -> {}
        }
    }

    private static void removeFromObject(ObjectNode object, String path) {
        // A document may have the dots in the name itself.
        if (object.remove(path) != null) {
            return;
        }
        for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
            String head = path.substring(0, dot);
            JsonNode inner = object.get(head);
            if (inner != null) {
                remove(inner, path.substring(dot + 1));
                if (inner.isObject() && inner.isEmpty()) {
                    object.remove(head);
                }
            }
        }
    }

    /** What a value becomes. */
    @FunctionalInterface
    interface Change {
        JsonNode of(JsonNode value);
    }

    /** Replaces all values that a path leads to; at its end, too, lists and objects are entered. */
    static void replace(JsonNode from, String path, Change change) {
        switch (from) {
            case ArrayNode array -> array.forEach(element -> replace(element, path, change));
            case ObjectNode object -> replaceInObject(object, path, change);
            default -> {}
        }
    }

    private static void replaceInObject(ObjectNode object, String path, Change change) {
        JsonNode whole = object.get(path);
        if (whole != null) {
            object.set(path, changed(whole, change));
        }
        for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
            replace(object.path(path.substring(0, dot)), path.substring(dot + 1), change);
        }
    }

    private static JsonNode changed(JsonNode value, Change change) {
        switch (value) {
            case ArrayNode array -> {
                for (int i = 0; i < array.size(); i++) {
                    array.set(i, changed(array.get(i), change));
                }
            }
            case ObjectNode object ->
                    List.copyOf(object.propertyNames())
                            .forEach(name -> object.set(name, changed(object.get(name), change)));
            default -> {
                return change.of(value);
            }
        }
        return value;
    }

    /** All values that a path leads to; an array at its end is one. */
    static List<JsonNode> whole(JsonNode from, String path) {
        List<JsonNode> values = new ArrayList<>();
        addWhole(from, path, values);
        return values;
    }

    private static void addWhole(JsonNode from, String path, List<JsonNode> values) {
        switch (from) {
            case ArrayNode array -> array.forEach(element -> addWhole(element, path, values));
            case ObjectNode object -> {
                JsonNode value = object.get(path);
                if (value != null) {
                    values.add(value);
                }
                for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
                    JsonNode inner = object.path(path.substring(0, dot));
                    addWhole(inner, path.substring(dot + 1), values);
                }
            }
            default -> {}
        }
    }

    /** Adds all values that a path leads to; arrays are entered. */
    static void collect(JsonNode from, String path, List<JsonNode> values) {
        switch (from) {
            case ArrayNode array -> array.forEach(element -> collect(element, path, values));
            case ObjectNode object -> {
                JsonNode whole = object.get(path);
                if (whole instanceof ArrayNode array) {
                    array.forEach(values::add);
                } else if (whole != null) {
                    values.add(whole);
                }
                for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
                    JsonNode inner = object.get(path.substring(0, dot));
                    if (inner != null) {
                        collect(inner, path.substring(dot + 1), values);
                    }
                }
            }
            default -> {}
        }
    }
}
