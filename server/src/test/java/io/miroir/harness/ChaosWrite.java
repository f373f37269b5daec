package io.miroir.harness;

import io.miroir.api.Json;
import io.miroir.cli.client.ApiCall;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a writer does in one step, and what it makes of documents. Each writer makes, changes and
 * deletes documents of its own, and sets a field of its own in documents that all writers change.
 *
 * @param puts numbers that are in documents afterwards
 * @param removed documents that are gone afterwards
 */
record ChaosWrite(ApiCall call, List<Put> puts, List<Integer> removed) {
    static final int WRITERS = 3;

    /** Documents that all writers change, with ids from 0. */
    static final int SHARED = 8;

    /** Requests that make, change and delete of the same documents. */
    private static final int ROUND = 4;

    private static final int MADE = 4;

    /** Rounds after which also the last of a round's documents goes: a search shows all. */
    private static final int ROUNDS_KEPT = 40;

    private static final String VERSION = "version";

    /** A number in a document. */
    record Put(int id, String field, int value) {}

    ChaosWrite {
        puts = List.copyOf(puts);
        removed = List.copyOf(removed);
    }

    /** The documents that all change, before anybody does. */
    static ChaosWrite first(String index) {
        List<Put> puts = new ArrayList<>();
        ArrayNode documents = Json.array();
        for (int id = 0; id < SHARED; id++) {
            ObjectNode document = empty(id);
            for (int writer = 0; writer < WRITERS; writer++) {
                puts.add(new Put(id, field(writer), 0));
                document.put(field(writer), 0);
            }
            documents.add(document);
        }
        return new ChaosWrite(ApiCall.documents(index, Json.text(documents)), puts, List.of());
    }

    static ChaosWrite of(String index, int writer, int step) {
        String path = "/indexes/" + index + "/documents";
        int round = step / ROUND;
        int first = first(writer, round);
        return switch (step % ROUND) {
            case 0 -> made(index, first, step);
            case 1 -> changed(path, writer, round, step);
            case 2 -> removed(ApiCall.delete(path + "/" + (first + 1)), List.of(first + 1));
            default -> {
                List<Integer> ids = new ArrayList<>(List.of(first + 2, first + 3));
                if (round >= ROUNDS_KEPT) {
                    ids.add(first(writer, round - ROUNDS_KEPT));
                }
                ArrayNode body = Json.array();
                ids.forEach(body::add);
                yield removed(ApiCall.change("POST", path + "/delete-batch", body), ids);
            }
        };
    }

    /** A document without the numbers. */
    static ObjectNode empty(int id) {
        return Json.object().put("id", id).put("text", "number " + id);
    }

    private static int first(int writer, int round) {
        return SHARED + (round * WRITERS + writer) * MADE;
    }

    private static String field(int writer) {
        return "of" + writer;
    }

    private static ChaosWrite made(String index, int first, int step) {
        ArrayNode documents = Json.array();
        List<Put> puts =
                IntStream.range(first, first + MADE)
                        .mapToObj(id -> new Put(id, VERSION, step))
                        .toList();
        puts.forEach(put -> documents.add(empty(put.id()).put(VERSION, step)));
        return new ChaosWrite(ApiCall.documents(index, Json.text(documents)), puts, List.of());
    }

    /** One of its own, and one that others change at the same time. */
    private static ChaosWrite changed(String path, int writer, int round, int step) {
        List<Put> puts =
                List.of(
                        new Put(first(writer, round), VERSION, step),
                        new Put(round % SHARED, field(writer), step));
        ArrayNode documents = Json.array();
        puts.forEach(put -> documents.addObject().put("id", put.id()).put(put.field(), step));
        return new ChaosWrite(ApiCall.change("PUT", path, documents), puts, List.of());
    }

    private static ChaosWrite removed(ApiCall call, List<Integer> ids) {
        return new ChaosWrite(call, List.of(), ids);
    }
}
