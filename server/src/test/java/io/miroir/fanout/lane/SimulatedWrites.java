package io.miroir.fanout.lane;

import io.miroir.core.routing.Separators;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * What clients of a simulation wrote, by the positions in the lane.
 *
 * @param done what succeeded
 * @param unknown that of which nobody can know what became of it
 */
record SimulatedWrites(
        TreeMap<Long, SimulatedWrites.Change> done, TreeMap<Long, SimulatedWrites.Change> unknown) {

    /** A change of documents: those to write, or the ids to delete. */
    record Change(String method, List<ObjectNode> documents, List<String> deleted) {
        private boolean concerns(String key) {
            return deleted.contains(key)
                    || documents.stream()
                            .anyMatch(document -> document.path("id").asString().equals(key));
        }

        /** Whether no node ever applies it. */
        boolean isFaulty() {
            return documents.stream()
                    .anyMatch(document -> document.has("guilty") || document.has("refused"));
        }

        /**
         * What the node of one part and the node of another one were sent, or one of them twice.
         */
        Change and(Change other) {
            TreeMap<Long, ObjectNode> all = new TreeMap<>();
            for (Change change : List.of(this, other)) {
                for (ObjectNode document : change.documents) {
                    String seq = document.path(Separators.SEQ_FIELD).asString();
                    all.put(Separators.decode(seq), document);
                }
            }
            List<String> ids = new ArrayList<>(deleted);
            ids.addAll(other.deleted);
            return new Change(method, List.copyOf(all.values()), ids);
        }

        private void applyTo(Map<String, ObjectNode> held) {
            deleted.forEach(held::remove);
            documents.forEach(document -> apply(held, method, clean(document)));
        }
    }

    /** As Meilisearch does: {@code PUT} adds fields, {@code POST} replaces the document. */
    static void apply(Map<String, ObjectNode> held, String method, ObjectNode document) {
        String key = document.path("id").asString();
        ObjectNode old = held.get(key);
        if (method.equals("PUT") && old != null) {
            ObjectNode merged = old.deepCopy();
            merged.setAll(document);
            held.put(key, merged);
        } else {
            held.put(key, document);
        }
    }

    /** A document without what is ours. */
    static ObjectNode clean(ObjectNode document) {
        ObjectNode copy = document.deepCopy();
        copy.remove(List.of(Separators.SHARD_FIELD, Separators.SEQ_FIELD));
        return copy;
    }

    /**
     * Whether a document may be that: what succeeded, in its order, with some of the unknown. These
     * may have come late, as nobody was told of them (protocol, rule 4).
     */
    boolean mayLeave(String key, Optional<ObjectNode> document) {
        List<Map.Entry<Long, Change>> open = concerning(key, unknown);
        List<Map.Entry<Long, Change>> order = concerning(key, done);
        return mayLeave(key, document, order, open, false)
                || mayLeave(key, document, order, open, true);
    }

    private static List<Map.Entry<Long, Change>> concerning(
            String key, TreeMap<Long, Change> changes) {
        return changes.entrySet().stream()
                .filter(change -> change.getValue().concerns(key))
                .toList();
    }

    private boolean mayLeave(
            String key,
            Optional<ObjectNode> document,
            List<Map.Entry<Long, Change>> order,
            List<Map.Entry<Long, Change>> open,
            boolean late) {
        if (open.isEmpty()) {
            Map<String, ObjectNode> held = new HashMap<>();
            order.forEach(change -> change.getValue().applyTo(held));
            return Optional.ofNullable(held.get(key)).equals(document);
        }
        List<Map.Entry<Long, Change>> rest = open.subList(1, open.size());
        if (mayLeave(key, document, order, rest, late)) {
            return true;
        }
        int first = place(order, open.getFirst().getKey(), late);
        for (int at = first; at <= (late ? order.size() : first); at++) {
            List<Map.Entry<Long, Change>> with = new ArrayList<>(order);
            with.add(at, open.getFirst());
            if (mayLeave(key, document, with, rest, late)) {
                return true;
            }
        }
        return false;
    }

    /** Behind all that came before it; late ones have no order among them. */
    private int place(List<Map.Entry<Long, Change>> order, long position, boolean late) {
        int place = 0;
        for (int at = 0; at < order.size(); at++) {
            long other = order.get(at).getKey();
            if (other < position && (!late || done.containsKey(other))) {
                place = at + 1;
            }
        }
        return place;
    }
}
