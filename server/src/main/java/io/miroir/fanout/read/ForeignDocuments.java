package io.miroir.fanout.read;

import io.miroir.api.IndexUid;
import io.miroir.api.Json;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import io.miroir.cluster.IndexView;
import io.miroir.fanout.answer.ForeignKeys;
import io.miroir.fanout.answer.IndexProfile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Documents of other indexes in the hits of searches, where the index has foreign keys. A node has
 * only some of these documents, so they are read once the page is known.
 */
public final class ForeignDocuments {
    private final SearchJourney searches;
    private final DocumentReads documents;
    private final Supplier<Features> features;
    private final ForeignFilters filters;

    /** Documents in hits, while the feature is on. */
    public ForeignDocuments(
            SearchJourney searches, DocumentReads documents, Supplier<Features> features) {
        this.searches = searches;
        this.documents = documents;
        this.features = features;
        this.filters = new ForeignFilters(searches, documents, features);
    }

    /** Filters by these documents. */
    public ForeignFilters filters() {
        return filters;
    }

    /** Whether the feature is on. */
    public boolean isOn() {
        return features.get().isOn(Feature.FOREIGN_KEYS);
    }

    /**
     * Throws for the first index that is not there, if the feature is on: its keys are looked at
     * before anything else of a search.
     */
    public void requireIndexes(List<String> uids) {
        if (isOn()) {
            for (String uid : uids) {
                if (IndexUid.isValid(uid)) {
                    IndexView _ = searches.indexOf(uid);
                }
            }
        }
    }

    /**
     * Puts documents in the place of their keys, in the hits of one search.
     *
     * @param terms as for the search
     * @throws io.miroir.api.ApiException if an index is not there that keys lead to
     */
    public void show(String uid, ObjectNode answer, Terms terms) {
        if (isOn()) {
            show(uid, hits(answer), terms);
        }
    }

    /**
     * The same in the hits of a federated search.
     *
     * @param uid of an index by the name that hits have it by
     * @param terms as for the search
     */
    public void show(UnaryOperator<String> uid, ObjectNode answer, Terms terms) {
        if (isOn()) {
            hits(answer).stream()
                    .collect(Collectors.groupingBy(hit -> uid.apply(index(hit))))
                    .forEach((name, found) -> show(name, found, terms));
        }
    }

    private static String index(ObjectNode hit) {
        return hit.path("_federation").path("indexUid").asString();
    }

    private static List<ObjectNode> hits(ObjectNode answer) {
        List<ObjectNode> hits = new ArrayList<>();
        answer.path("hits").forEach(hit -> hits.add((ObjectNode) hit));
        return hits;
    }

    private void show(String uid, List<ObjectNode> hits, Terms terms) {
        for (ForeignKeys keys : ForeignKeys.of(searches.indexOf(uid).settings())) {
            Set<String> ids = keys.ids(hits);
            // An index that nothing is wanted of may be missing.
            if (!ids.isEmpty()) {
                IndexView foreign = searches.indexOf(keys.foreignUid());
                keys.write(hits, ids, documents(foreign, ids, terms));
            }
        }
    }

    private Map<String, ObjectNode> documents(IndexView index, Set<String> ids, Terms terms) {
        String key = index.row().primaryKey();
        Map<String, ObjectNode> byId = new HashMap<>();
        if (key == null) {
            return byId;
        }
        ObjectNode request = Json.object().put("limit", ids.size());
        ArrayNode asked = request.putArray("ids");
        ids.forEach(asked::add);
        IndexProfile profile = SearchJourney.profile(index);
        List<String> displayed = profile.displayed();
        if (displayed != null) {
            ArrayNode fields = request.putArray("fields");
            displayed.forEach(fields::add);
            fields.add(key);
        }
        for (JsonNode found :
                documents.list(index.row().uid(), request, terms).body().path("results")) {
            ObjectNode document = (ObjectNode) found;
            byId.put(ForeignKeys.id(document, key), document);
            ForeignKeys.show(document, profile, key);
        }
        return byId;
    }
}
