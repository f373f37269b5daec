package io.miroir.fanout.answer;

import io.miroir.api.Json;
import io.miroir.core.routing.Separators;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends a recorded case through the code that the proxy runs. The recorded nodes did not have the
 * rule that breaks ties; what it would have said is added to their score details from the recorded
 * order of insertion, so that the merge is tested as it is, with the rule and its removal.
 */
final class MergeReplay {
    private final JsonNode indexes;
    private final Map<String, Map<String, Long>> insertion = new HashMap<>();

    /**
     * A replayed case.
     *
     * @param request what our code asks of a node
     * @param answer what our code answers the client
     * @param ids of the hits of the nodes, which may not show them any more
     */
    record Replayed(
            @Nullable JsonNode request, ObjectNode answer, IdentityHashMap<JsonNode, String> ids) {}

    MergeReplay(Path directory) {
        Path support =
                Files.isDirectory(directory.resolve("support"))
                        ? directory.resolve("support")
                        : Path.of("src/test/resources/merge-fixtures/support");
        this.indexes = MergeFixture.readJson(support.resolve("indexes.json"));
        JsonNode orders = MergeFixture.readJson(support.resolve("insertion-order.json"));
        orders.properties()
                .forEach(
                        e -> {
                            Map<String, Long> places = new HashMap<>();
                            e.getValue()
                                    .forEach(id -> places.put(id.asString(), places.size() + 1L));
                            insertion.put(e.getKey(), places);
                        });
    }

    Replayed replay(MergeFixture fixture) {
        IdentityHashMap<JsonNode, String> ids = new IdentityHashMap<>();
        ObjectNode client = fixture.client();
        String index = fixture.json().path("index").asString();
        return switch (fixture.kind()) {
            case "facet-search" -> {
                FacetSearchCall call = FacetSearchCall.of(client, profile(index));
                List<ObjectNode> counted = call.distributions(fixture.responses());
                yield new Replayed(
                        call.nodeRequest(null), call.merge(fixture.responses(), counted), ids);
            }
            case "similar" -> {
                ObjectNode document = (ObjectNode) fixture.json().path("prelude").path("response");
                SimilarCall.WithVector call =
                        SimilarCall.of(client, profile(index)).withVector(document);
                fixture.responses().forEach(r -> prepare(r, index, false, ids));
                // The nodes were recorded with a threshold; it is the proxy's now.
                ObjectNode request =
                        client.has("rankingScoreThreshold") ? null : call.nodeRequest(null);
                yield new Replayed(request, call.merge(fixture.responses()), ids);
            }
            case "federated" -> federated(fixture, ids);
            case "multi-search" -> multiSearch(fixture, ids);
            default -> {
                boolean sequenced = fixture.kind().equals("tie-seq");
                SearchCall call = SearchCall.of(client, profile(index));
                fixture.responses().forEach(r -> prepare(r, index, sequenced, ids));
                yield new Replayed(call.nodeRequest(null), call.merge(fixture.responses()), ids);
            }
        };
    }

    private Replayed multiSearch(MergeFixture fixture, IdentityHashMap<JsonNode, String> ids) {
        ObjectNode request = Json.object();
        ObjectNode answer = Json.object();
        JsonNode queries = fixture.client().path("queries");
        for (int i = 0; i < queries.size(); i++) {
            ObjectNode query = (ObjectNode) queries.path(i);
            String index = query.path("indexUid").asString();
            List<ObjectNode> parts = new ArrayList<>();
            for (ObjectNode response : fixture.responses()) {
                ObjectNode part = (ObjectNode) response.path("results").path(i);
                prepare(part, index, false, ids);
                parts.add(part);
            }
            SearchCall call = SearchCall.of(query, profile(index));
            request.withArray("queries").add(call.nodeRequest(null));
            answer.withArray("results").add(call.merge(parts).put("indexUid", index));
        }
        return new Replayed(request, answer, ids);
    }

    private Replayed federated(MergeFixture fixture, IdentityHashMap<JsonNode, String> ids) {
        List<IndexProfile> profiles = new ArrayList<>();
        List<FederatedCall.Part> parts = new ArrayList<>();
        for (JsonNode query : fixture.client().path("queries")) {
            profiles.add(profile(query.path("indexUid").asString()));
            parts.add(new FederatedCall.Part(true, null));
        }
        fixture.responses().forEach(r -> prepare(r, "*", false, ids));
        FederatedCall call = FederatedCall.of(fixture.client(), profiles, Map.of());
        List<FederatedCall.NodeAnswer> answers = new ArrayList<>();
        for (ObjectNode response : fixture.responses()) {
            ObjectNode hits = Json.object();
            hits.set("results", byQuery(response, parts.size()));
            answers.add(new FederatedCall.NodeAnswer(hits, parts, FederatedCall.Purpose.HITS));
            unmerge(response, fixture.client().path("federation"));
            answers.add(
                    new FederatedCall.NodeAnswer(
                            response, parts, new FederatedCall.Purpose("recorded")));
        }
        // What was asked when nodes federated is not what is asked now.
        return new Replayed(null, call.merge(answers, Map.of()), ids);
    }

    /**
     * Nodes were recorded adding up the facets of several indexes, and count each by itself now:
     * what they added up is taken for the first one's.
     */
    private static void unmerge(ObjectNode response, JsonNode federation) {
        if (response.get("facetDistribution") instanceof ObjectNode distribution) {
            String first = federation.path("facetsByIndex").propertyNames().iterator().next();
            ObjectNode facets = response.putObject("facetsByIndex").putObject(first);
            facets.set("distribution", distribution);
            facets.set("stats", response.path("facetStats"));
        }
    }

    /**
     * The nodes were recorded federating; they are asked for each query by itself now. Totals are
     * taken from the recorded federation, as for an index with several queries.
     */
    private static ArrayNode byQuery(ObjectNode federated, int queries) {
        ArrayNode results = Json.array();
        for (int i = 0; i < queries; i++) {
            ObjectNode result = results.addObject();
            result.putArray("hits");
            for (String field : List.of("processingTimeMs", "requestUid", "semanticHitCount")) {
                if (federated.has(field)) {
                    result.set(field, federated.get(field));
                }
            }
        }
        for (JsonNode hit : federated.path("hits")) {
            int query = hit.path("_federation").path("queriesPosition").asInt();
            ((ArrayNode) results.path(query).path("hits")).add(hit);
        }
        return results;
    }

    private IndexProfile profile(String uid) {
        JsonNode settings = indexes.path(uid).path("settings");
        if (settings.isMissingNode()) {
            throw new IllegalStateException("no settings for index " + uid);
        }
        return IndexProfile.of(uid, uid, "id", settings);
    }

    private void prepare(
            ObjectNode answer,
            String index,
            boolean sequenced,
            IdentityHashMap<JsonNode, String> ids) {
        for (JsonNode hit : answer.path("hits")) {
            String uid =
                    index.equals("*") ? hit.path("_federation").path("indexUid").asString() : index;
            String id = hit.path("id").asString();
            ids.put(hit, index.equals("*") ? uid + "/" + id : id);
            ObjectNode details = (ObjectNode) hit.path("_rankingScoreDetails");
            ObjectNode tie = Json.object();
            JsonNode stored = sequenced ? details.remove("seq:asc") : null;
            tie.put("order", details.size());
            tie.put(
                    "value",
                    Separators.seq(
                            stored != null ? stored.path("value").asLong() : place(uid, id)));
            details.set("_miroir_seq:asc", tie);
            ((ObjectNode) hit).put("_miroir_seq", "-").put("_miroir_shard", "-");
        }
    }

    private long place(String uid, String id) {
        String corpus = indexes.path(uid).path("corpus").asString();
        Map<String, Long> places = insertion.getOrDefault(corpus, Map.of());
        return places.isEmpty() ? Long.parseLong(id) : Objects.requireNonNull(places.get(id), id);
    }
}
