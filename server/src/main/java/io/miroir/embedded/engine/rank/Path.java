package io.miroir.embedded.engine.rank;

import java.util.ArrayList;
import java.util.List;

/** A reading of the query that documents may match: all its nodes. */
record Path(List<Node> nodes) {
    Path {
        nodes = List.copyOf(nodes);
    }

    /** Query terms it stands for. */
    int size() {
        return nodes.stream().mapToInt(Node::size).sum();
    }

    Path with(int index, Node node) {
        List<Node> changed = new ArrayList<>(nodes);
        changed.set(index, node);
        return new Path(changed);
    }

    /** Whether a document holds every node. */
    boolean matches(int doc) {
        for (Node node : nodes) {
            if (!node.hits().docs().get(doc)) {
                return false;
            }
        }
        return true;
    }
}
