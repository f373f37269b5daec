package io.miroir.api.search;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads members of a request body that has been validated already; null counts as absent. */
record Fields(JsonNode body) {

    @Nullable JsonNode raw(String name) {
        JsonNode value = body.get(name);
        return value == null || value.isNull() ? null : value;
    }

    @Nullable String text(String name) {
        JsonNode value = raw(name);
        return value == null ? null : value.stringValue();
    }

    String text(String name, String otherwise) {
        String value = text(name);
        return value == null ? otherwise : value;
    }

    boolean flag(String name) {
        JsonNode value = raw(name);
        return value != null && value.booleanValue();
    }

    @Nullable Boolean optionalFlag(String name) {
        JsonNode value = raw(name);
        return value == null ? null : value.booleanValue();
    }

    long count(String name, long otherwise) {
        Long value = optionalCount(name);
        return value == null ? otherwise : value;
    }

    @Nullable Long optionalCount(String name) {
        JsonNode value = raw(name);
        return value == null ? null : value.longValue();
    }

    @Nullable Double number(String name) {
        JsonNode value = raw(name);
        return value == null ? null : value.doubleValue();
    }

    @Nullable List<String> list(String name) {
        JsonNode value = raw(name);
        if (value == null) {
            return null;
        }
        List<String> texts = new ArrayList<>(value.size());
        value.forEach(element -> texts.add(element.stringValue()));
        return List.copyOf(texts);
    }

    @Nullable Set<String> set(String name) {
        List<String> list = list(name);
        return list == null ? null : new LinkedHashSet<>(list);
    }

    float @Nullable [] vector(String name) {
        JsonNode value = raw(name);
        if (value == null) {
            return null;
        }
        float[] vector = new float[value.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) value.get(i).doubleValue();
        }
        return vector;
    }
}
