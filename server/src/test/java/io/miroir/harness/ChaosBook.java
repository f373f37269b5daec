package io.miroir.harness;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was begun, what was acknowledged, and what every read must see since its end was told: by
 * that it is known of each answer of a search whether it can be right, and what there must be at
 * the end. Numbers of a document only grow, and no id comes again.
 */
final class ChaosBook {
    private final State begun = new State();
    private final State acknowledged = new State();
    private final State told = new State();

    /** Documents with their numbers, and those that are gone. */
    private record State(Map<Integer, Map<String, Integer>> documents, Set<Integer> gone) {
        State() {
            this(new TreeMap<>(), new HashSet<>());
        }

        void take(ChaosWrite write) {
            for (ChaosWrite.Put put : write.puts()) {
                documents
                        .computeIfAbsent(put.id(), _ -> new HashMap<>())
                        .put(put.field(), put.value());
            }
            gone.addAll(write.removed());
        }

        State copy() {
            Map<Integer, Map<String, Integer>> numbers = new TreeMap<>();
            documents.forEach((id, fields) -> numbers.put(id, Map.copyOf(fields)));
            return new State(numbers, new HashSet<>(gone));
        }
    }

    /** What every answer must show that is asked for from then on. */
    static final class Floor {
        private final State told;

        private Floor(State told) {
            this.told = told;
        }
    }

    /**
     * What an answer says of itself.
     *
     * @param whole it has all shards
     * @param fresh it is of a pod that knows what all know
     */
    record Claim(boolean whole, boolean fresh) {}

    /** It is about to be sent. */
    synchronized void begin(ChaosWrite write) {
        begun.take(write);
    }

    /** It must be there at the end. */
    synchronized void acknowledge(ChaosWrite write) {
        acknowledged.take(write);
    }

    /** Its task is told to have succeeded. */
    synchronized void told(ChaosWrite write) {
        told.take(write);
    }

    /** For a search that is about to be sent. */
    synchronized Floor floor() {
        return new Floor(told.copy());
    }

    /** Why the hits of a search for everything can't be right; empty if they can. */
    synchronized Optional<String> fault(Floor floor, JsonNode hits, Claim claim) {
        Set<Integer> found = new HashSet<>();
        for (JsonNode hit : hits) {
            int id = hit.path("id").asInt();
            if (!found.add(id)) {
                return Optional.of(id + " is there twice");
            }
            Optional<String> fault = faultOfOne(floor.told, id, hit, claim.fresh());
            if (fault.isPresent()) {
                return fault;
            }
        }
        if (claim.whole() && claim.fresh()) {
            return floor.told.documents().keySet().stream()
                    .filter(id -> !found.contains(id) && !begun.gone().contains(id))
                    .findFirst()
                    .map(id -> id + " is missing");
        }
        return Optional.empty();
    }

    private Optional<String> faultOfOne(State floor, int id, JsonNode hit, boolean fresh) {
        Map<String, Integer> newest = begun.documents().get(id);
        if (newest == null) {
            return Optional.of("nobody has written " + hit);
        }
        if (fresh && floor.gone().contains(id)) {
            return Optional.of(hit + " is back");
        }
        Map<String, Integer> oldest = floor.documents().getOrDefault(id, Map.of());
        for (Map.Entry<String, Integer> number : newest.entrySet()) {
            int value = hit.path(number.getKey()).asInt(-1);
            if (value > number.getValue()) {
                return Optional.of(hit + " is newer than what was written");
            }
            if (fresh && value < oldest.getOrDefault(number.getKey(), -1)) {
                return Optional.of(hit + " is older than " + oldest);
            }
        }
        return Optional.empty();
    }

    /** All that was acknowledged, to the last field. */
    synchronized Map<Integer, ObjectNode> expected() {
        Map<Integer, ObjectNode> expected = new TreeMap<>();
        acknowledged
                .documents()
                .forEach(
                        (id, numbers) -> {
                            ObjectNode document = ChaosWrite.empty(id);
                            numbers.forEach(document::put);
                            expected.put(id, document);
                        });
        expected.keySet().removeAll(acknowledged.gone());
        return expected;
    }
}
