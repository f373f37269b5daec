package io.miroir.bench.load;

import io.miroir.api.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * What one client writes, ten documents of its own at a time: two new tens, then a new version of
 * one ten, then a deletion of one. Another thread may look at what is there.
 */
final class Writer {
    private static final int DOCUMENTS = 10;
    private static final int KINDS = 4;

    private final long firstId;
    private final int step;
    private final SplittableRandom random;
    private final List<List<Long>> tens = new ArrayList<>();
    private final Map<Long, Long> versions = new HashMap<>();
    private final Set<Long> unsure = new HashSet<>();
    private long made;
    private long requests;

    /** Has written nothing: its ids are each so many above the one before. */
    Writer(long firstId, int step) {
        this.firstId = firstId;
        this.step = step;
        this.random = new SplittableRandom(firstId);
    }

    /**
     * A request.
     *
     * @param path behind that of the index
     * @param version of the documents when it is taken; {@link #GONE} for a deletion
     */
    record Request(String method, String path, JsonNode body, List<Long> ids, long version) {}

    private static final long GONE = -1;

    /** The next request. */
    synchronized Request next() {
        long number = requests++;
        return switch ((int) (number % KINDS)) {
            case 2 -> tens.isEmpty() ? added() : changed(number);
            case 3 -> tens.isEmpty() ? added() : deleted();
            default -> added();
        };
    }

    private Request added() {
        List<Long> ids = new ArrayList<>();
        ArrayNode documents = Json.array();
        for (int i = 0; i < DOCUMENTS; i++) {
            long id = firstId + step * made++;
            ids.add(id);
            documents.add(Json.parse(SmallDocuments.list(id, 1)).path(0));
        }
        return new Request("POST", "/documents", documents, ids, 0);
    }

    private Request changed(long version) {
        List<Long> ids = tens.get(random.nextInt(tens.size()));
        ArrayNode documents = Json.array();
        ids.forEach(id -> documents.addObject().put("id", id).put(Expected.VERSION, version));
        return new Request("PUT", "/documents", documents, ids, version);
    }

    private Request deleted() {
        List<Long> ids = tens.remove(random.nextInt(tens.size()));
        ArrayNode list = Json.array();
        ids.forEach(list::add);
        return new Request("POST", "/documents/delete-batch", list, ids, GONE);
    }

    /** It was acknowledged. */
    synchronized void taken(Request request) {
        if (request.version == GONE) {
            request.ids.forEach(versions::remove);
            return;
        }
        if (request.version == 0) {
            tens.add(request.ids);
        }
        request.ids.forEach(id -> versions.put(id, request.version));
    }

    /** Nobody knows what became of it: its documents are left alone from here on. */
    synchronized void lost(Request request) {
        tens.remove(request.ids);
        unsure.addAll(request.ids);
    }

    /** What is there, with its version. */
    synchronized Map<Long, Long> versions() {
        Map<Long, Long> sure = new HashMap<>(versions);
        sure.keySet().removeAll(unsure);
        return sure;
    }

    /** Of which it is not known whether they are there. */
    synchronized Set<Long> unsure() {
        return Set.copyOf(unsure);
    }

    /** Above all ids. */
    synchronized long endId() {
        return firstId + step * made;
    }
}
