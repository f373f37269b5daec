package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.api.search.NodesFilter;
import io.miroir.api.settings.FilterableRule;
import io.miroir.cluster.IndexView;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerBudget;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields that documents of an index have or had. One server that knows no document with a field
 * finds nothing by {@code field != value}, and once it knows one, all others ({@link NodesFilter}):
 * so all nodes are asked whether one of them does, until one has said so. That none of them does is
 * believed until documents of the index change, and not for long: what failed may have left some.
 */
final class KnownFields {
    /** Of more indexes than this all is forgotten, and asked again. */
    private static final int INDEXES_MAX = 1_000;

    private static final int FIELDS_MAX = 65_536;
    private static final Duration BELIEVED = Duration.ofSeconds(10);
    private static final String FILTER = "filter";

    private final IndexAsks asks;
    private final Map<String, Set<String>> known = new ConcurrentHashMap<>();
    private final Map<String, Nobodys> nobodys = new ConcurrentHashMap<>();

    /**
     * Fields that no document had.
     *
     * @param updatedAt when the index was as it was then
     */
    private record Nobodys(long updatedAt, long toldNanos, Set<String> fields) {
        boolean tells(IndexView index, Set<String> asked) {
            return updatedAt == index.row().updatedAt()
                    && System.nanoTime() - toldNanos < BELIEVED.toNanos()
                    && fields.containsAll(asked);
        }
    }

    /** Nothing is known yet. */
    KnownFields(IndexAsks asks) {
        this.asks = asks;
    }

    /**
     * A request with a filter that finds what one server finds. Where nodes don't tell, all fields
     * are taken for known.
     */
    ObjectNode settled(IndexView index, ObjectNode request, AnswerBudget.Share share) {
        JsonNode filter = request.get(FILTER);
        if (filter == null || !NodesFilter.possibleIn(filter)) {
            return request;
        }
        Set<String> unknown =
                new TreeSet<>(NodesFilter.negated(filter, FilterableRule.allOf(index.settings())));
        String uid = index.row().physicalUid();
        unknown.removeAll(known.getOrDefault(uid, Set.of()));
        if (unknown.isEmpty()
                || (!isNobodys(index, unknown) && !isTold(index, request, share, unknown))) {
            return request;
        }
        ObjectNode settled = Json.object();
        settled.setAll(request);
        settled.set(FILTER, NodesFilter.withNothingOf(filter, unknown));
        return settled;
    }

    /** Takes those off that a node knows; false if not all nodes answer, or none is left. */
    private boolean isTold(
            IndexView index, ObjectNode body, AnswerBudget.Share share, Set<String> unknown) {
        ObjectNode request = Json.object().put("offset", 0).put("limit", FIELDS_MAX);
        ArrayNode patterns = request.putObject(FILTER).putArray("attributePatterns");
        unknown.forEach(patterns::add);
        ShardSet all = ShardSet.all(index.topology().shards());
        Coverage told;
        try {
            told = asks.ask(IndexAsks.What.FIELDS, index, all, body, share, _ -> request);
        } catch (ApiException _) {
            return false;
        }
        for (ObjectNode answer : told.answers()) {
            for (JsonNode field : answer.path("results")) {
                String name = field.path("name").asString("");
                if (unknown.remove(name)) {
                    remember(index.row().physicalUid(), name);
                }
            }
        }
        boolean whole =
                told.refusal().isEmpty() && told.uncovered().isEmpty() && !unknown.isEmpty();
        if (whole) {
            rememberNobodys(index, Set.copyOf(unknown));
        }
        return whole;
    }

    private boolean isNobodys(IndexView index, Set<String> fields) {
        Nobodys told = nobodys.get(index.row().physicalUid());
        return told != null && told.tells(index, fields);
    }

    private void rememberNobodys(IndexView index, Set<String> fields) {
        if (nobodys.size() >= INDEXES_MAX) {
            nobodys.clear();
        }
        nobodys.put(
                index.row().physicalUid(),
                new Nobodys(index.row().updatedAt(), System.nanoTime(), fields));
    }

    private void remember(String uid, String field) {
        if (known.size() >= INDEXES_MAX) {
            known.clear();
        }
        known.computeIfAbsent(uid, _ -> ConcurrentHashMap.newKeySet()).add(field);
    }
}
