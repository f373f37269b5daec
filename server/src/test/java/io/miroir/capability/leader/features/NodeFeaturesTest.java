package io.miroir.capability.leader.features;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.Json;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What a node is told of what clients have switched. */
class NodeFeaturesTest {
    private static final Features NETWORK = Features.NONE.with(Map.of(Feature.NETWORK, true));

    private static ObjectNode shown(String switchedOn) {
        return Features.NONE.toJson().put(switchedOn, true);
    }

    @Test
    void aNodeIsToldWhatItActsOnAndHasOtherwise() {
        assertEquals(
                Json.parse("{\"network\": true, \"multimodal\": false}"),
                NodeFeatures.lacking(shown("multimodal"), NETWORK));
        assertEquals(Json.object(), NodeFeatures.lacking(shown("network"), NETWORK));
        assertEquals(Json.object(), NodeFeatures.lacking(Json.object(), NETWORK));
    }

    @Test
    void whatTheProxyActsOnIsTheNodesOwn() {
        assertEquals(Json.object(), NodeFeatures.lacking(shown("metrics"), Features.NONE));
    }

    /** Shows: answers of the other kind of search, whose totals are cut, are never merged. */
    @Test
    void allNodesSearchInOneWay() {
        Features legacy = Features.NONE.with(Map.of(Feature.LEGACY_SEARCH, true));
        assertEquals(
                Json.object(),
                NodeFeatures.lacking(
                        shown("renderRoute"), legacy.with(Map.of(Feature.RENDER_ROUTE, true))));
        assertEquals(
                Json.parse("{\"legacySearch\": false}"),
                NodeFeatures.lacking(shown("legacySearch"), legacy));
    }
}
