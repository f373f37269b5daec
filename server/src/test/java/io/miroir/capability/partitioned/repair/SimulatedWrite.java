package io.miroir.capability.partitioned.repair;

import io.miroir.api.Json;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.routing.Separators;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a client writes, stamped with its place in the lane.
 *
 * @param type of the task that nodes make of it
 * @param byIds what it does to documents that it names
 * @param ids these; empty if it looks for its documents
 */
record SimulatedWrite(String type, List<String> ids, ByIds byIds, SimulatedNode.Work everywhere) {
    private static final int SHARDS = 3;
    private static final int COLOURS = 3;

    interface ByIds {
        void apply(Map<String, ObjectNode> held, String id, int ordinal);
    }

    static SimulatedWrite any(Random random, int idsMax, long position) {
        List<String> ids = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            String id = "d" + random.nextInt(idsMax);
            if (!ids.contains(id)) {
                ids.add(id);
            }
        }
        int colour = random.nextInt(COLOURS);
        return switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5, 6 ->
                    new SimulatedWrite(
                            "documentAdditionOrUpdate",
                            ids,
                            (held, id, ordinal) ->
                                    held.put(
                                            id,
                                            stamped(Json.object(), id, position, ordinal)
                                                    .put("n", 0)
                                                    .put("colour", colour)),
                            _ -> {});
            case 7, 8, 9, 10, 11, 12 ->
                    new SimulatedWrite(
                            "documentAdditionOrUpdate",
                            ids,
                            (held, id, ordinal) -> {
                                ObjectNode known = held.get(id);
                                ObjectNode base = known == null ? Json.object() : known.deepCopy();
                                held.put(
                                        id,
                                        stamped(base, id, position, ordinal)
                                                .put("u" + position % 5, position));
                            },
                            _ -> {});
            case 13, 14, 15, 16 ->
                    new SimulatedWrite(
                            "documentDeletion", ids, (held, id, _) -> held.remove(id), _ -> {});
            case 17 ->
                    looking(
                            "documentDeletion",
                            held ->
                                    held.values()
                                            .removeIf(
                                                    one -> one.path("colour").asInt(-1) == colour));
            case 18 ->
                    looking(
                            "documentEdition",
                            held ->
                                    held.replaceAll(
                                            (_, one) -> {
                                                ObjectNode edited = one.deepCopy();
                                                return edited.put("n", one.path("n").asInt(0) + 1);
                                            }));
            default ->
                    random.nextInt(10) == 0
                            ? looking("documentDeletion", Map::clear)
                            : looking(
                                    "documentDeletion",
                                    held ->
                                            held.values()
                                                    .removeIf(one -> one.path("n").asInt(0) == 1));
        };
    }

    private static SimulatedWrite looking(String type, SimulatedNode.Work work) {
        return new SimulatedWrite(type, List.of(), (_, _, _) -> {}, work);
    }

    private static ObjectNode stamped(ObjectNode document, String id, long position, int ordinal) {
        document.put("id", id);
        document.put(Separators.SHARD_FIELD, Separators.shard(Rendezvous.shard(id, SHARDS)));
        document.put(
                Separators.SEQ_FIELD,
                Separators.seq((position << Separators.ORDINAL_BITS) + ordinal));
        return document;
    }

    /** What it does to all documents. */
    SimulatedNode.Work work() {
        return within(_ -> true);
    }

    /** What it does where only some of its documents are sent. */
    SimulatedNode.Work within(Predicate<String> sent) {
        return held -> {
            for (int ordinal = 0; ordinal < ids.size(); ordinal++) {
                if (sent.test(ids.get(ordinal))) {
                    byIds.apply(held, ids.get(ordinal), ordinal);
                }
            }
            everywhere.accept(held);
        };
    }
}
