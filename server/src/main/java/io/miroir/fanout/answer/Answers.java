package io.miroir.fanout.answer;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What is taken of several answers as it is. */
final class Answers {
    private Answers() {}

    /** The longest that a node took, in milliseconds. */
    static long processingTimeMillis(List<ObjectNode> answers) {
        long longest = 0;
        for (ObjectNode answer : answers) {
            longest = Math.max(longest, answer.path("processingTimeMs").asLong(0));
        }
        return longest;
    }

    /** True if a node's answer has the field. */
    static boolean anyHas(List<ObjectNode> answers, String field) {
        return answers.stream().anyMatch(answer -> answer.has(field));
    }

    /** Copies a field that is the same on all nodes, if one has it. */
    static void copyFirst(List<ObjectNode> answers, String field, ObjectNode to) {
        for (ObjectNode answer : answers) {
            JsonNode value = answer.get(field);
            if (value != null) {
                to.set(field, value);
                return;
            }
        }
    }
}
