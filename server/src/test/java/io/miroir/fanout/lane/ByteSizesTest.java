package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Sizes of nodes are added up as one node would tell their sum. */
class ByteSizesTest {
    @Test
    void whatOnlySomeNodesTellIsAddedUp() {
        ObjectNode into = Json.object();
        NodeResult told = new NodeResult.Succeeded(Json.object().put("size", "68 KiB"));
        NodeResult silent = new NodeResult.Succeeded(Json.object());
        ByteSizes.sum(List.of(told, silent, told), "size", into);
        ByteSizes.sum(List.of(silent), "other", into);
        assertEquals("{\"size\":\"136 KiB\"}", into.toString());
    }
}
