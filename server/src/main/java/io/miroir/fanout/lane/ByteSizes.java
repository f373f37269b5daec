package io.miroir.fanout.lane;

import io.miroir.api.ByteText;
import java.util.Collection;
import tools.jackson.databind.node.ObjectNode;

/** Sizes that nodes tell in their tasks, as one node with everything would tell them. */
final class ByteSizes {
    private ByteSizes() {}

    /** Puts the sum of what nodes tell; nothing if none tells a size. */
    static void sum(Collection<NodeResult> results, String name, ObjectNode into) {
        long sum = 0;
        boolean told = false;
        for (NodeResult result : results) {
            if (result instanceof NodeResult.Succeeded done && done.details().hasNonNull(name)) {
                sum += ByteText.parse(done.details().path(name).asString(""));
                told = true;
            }
        }
        if (told) {
            into.put(name, ByteText.exact(sum));
        }
    }
}
