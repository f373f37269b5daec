package io.miroir.edge;

import io.miroir.store.StoreStatus;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** How operators are told where a pod's task store stands. */
final class StoreFields {
    private StoreFields() {}

    static void put(ObjectNode body, StoreStatus status) {
        body.put("pod", status.podId());
        body.put("backend", status.backend());
        body.put("role", status.role().name().toLowerCase(Locale.ROOT));
        body.put("leader", status.leaderId());
        body.put("term", status.term());
        body.put("applied_index", status.appliedIndex());
        body.put("commit_index", status.commitIndex());
        body.put("format", status.formats().cluster());
        body.put("known_format", status.formats().known());
    }
}
