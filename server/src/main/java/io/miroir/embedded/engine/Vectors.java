package io.miroir.embedded.engine;

import io.miroir.api.Json;
import tools.jackson.databind.node.ArrayNode;

/** Vectors in answers. */
final class Vectors {
    private Vectors() {}

    static ArrayNode json(float[] vector) {
        ArrayNode array = Json.array();
        for (float number : vector) {
            array.add(number);
        }
        return array;
    }

    static SearchAnswer.Vectors shown(String member, float[] vector) {
        return new SearchAnswer.Vectors(member, json(vector));
    }
}
