package io.miroir.api.features;

import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which features are on.
 *
 * @param on all others are off
 */
public record Features(Set<Feature> on) {
    /** As on a new instance. */
    public static final Features NONE = new Features(Set.of());

    private static final Shape BODY =
            Shape.of(
                    Arrays.stream(Feature.values())
                            .map(
                                    feature ->
                                            Shape.optional(
                                                    feature.wireName(),
                                                    ErrorCode.BAD_REQUEST,
                                                    Check.BOOLEAN))
                            .toArray(Shape.Field[]::new));

    public Features {
        on = Collections.unmodifiableSet(on.isEmpty() ? Set.of() : EnumSet.copyOf(on));
    }

    /** The switches in a body: true for on; null, and what is absent, is none. */
    public static Map<Feature, Boolean> switches(JsonNode body) {
        BODY.check(StrictValue.body(body));
        return switchesIn(body);
    }

    /** The features that an object of booleans, as {@link #toJson} makes, has on. */
    public static Features fromJson(JsonNode shown) {
        return NONE.with(switchesIn(shown));
    }

    private static Map<Feature, Boolean> switchesIn(JsonNode json) {
        Map<Feature, Boolean> switches = new EnumMap<>(Feature.class);
        for (Feature feature : Feature.values()) {
            JsonNode value = json.path(feature.wireName());
            if (value.isBoolean()) {
                switches.put(feature, value.asBoolean());
            }
        }
        return switches;
    }

    /** The features after these switches. */
    public Features with(Map<Feature, Boolean> switches) {
        EnumSet<Feature> after = EnumSet.noneOf(Feature.class);
        after.addAll(on);
        switches.forEach(
                (feature, isOn) -> {
                    if (isOn) {
                        after.add(feature);
                    } else {
                        after.remove(feature);
                    }
                });
        return new Features(after);
    }

    public boolean isOn(Feature feature) {
        return on.contains(feature);
    }

    /** Throws, if the feature is off, what Meilisearch answers to {@code doing} that. */
    public void require(Feature feature, String doing) {
        if (!isOn(feature)) {
            throw feature.off(doing);
        }
    }

    /** Every feature, and whether it is on. */
    public ObjectNode toJson() {
        ObjectNode shown = Json.object();
        for (Feature feature : Feature.values()) {
            shown.put(feature.wireName(), isOn(feature));
        }
        return shown;
    }
}
