package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.api.search.MultiSearchRequest;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A search of an alias with several targets: a federated search of them all, shown as the search of
 * one index (plan §13.7).
 */
public final class AliasSearch {
    private static final List<String> PAGING = List.of("offset", "limit", "page", "hitsPerPage");
    private static final Set<String> OF_THE_WHOLE =
            Set.of(
                    "offset",
                    "limit",
                    "page",
                    "hitsPerPage",
                    "facets",
                    "distinct",
                    "showPerformanceDetails");
    private static final Pattern INSIDE =
            Pattern.compile(
                    "^(Inside `\\.(queries\\[\\d+]|federation\\.facetsByIndex\\.[^`]*)`: )+");

    private final FederatedJourney federated;

    /** Searches by way of federation. */
    public AliasSearch(FederatedJourney federated) {
        this.federated = federated;
    }

    /**
     * Searches.
     *
     * @param targets of the alias
     * @param body of a search of one index, valid already
     * @param terms as for a search of one index
     * @throws ApiException as a search of one index does
     */
    public ReadReply search(List<String> targets, ObjectNode body, Terms terms) {
        ObjectNode federation = federationOf(targets, body);
        try {
            ReadReply reply =
                    federated.search(
                            MultiSearchRequest.fromBody(federation), federation, targets, terms);
            return new ReadReply(
                    shown(reply.body(), body),
                    reply.missing(),
                    reply.settingsVersion(),
                    reply.inconsistent());
        } catch (ApiException refused) {
            throw new ApiException(
                    refused.code(),
                    INSIDE.matcher(refused.text()).replaceFirst(""),
                    refused.status());
        }
    }

    private static ObjectNode federationOf(List<String> targets, ObjectNode body) {
        ObjectNode request = Json.object();
        ObjectNode federation = request.putObject("federation");
        PAGING.forEach(field -> copy(body, field, federation));
        copy(body, "distinct", federation);
        copy(body, "showPerformanceDetails", federation);
        JsonNode facets = body.path("facets");
        if (facets.isArray() && !facets.isEmpty()) {
            federation.putObject("mergeFacets");
            ObjectNode byIndex = federation.putObject("facetsByIndex");
            targets.forEach(target -> byIndex.set(target, facets));
        }
        ArrayNode queries = request.putArray("queries");
        for (String target : targets) {
            ObjectNode query = queries.addObject().put("indexUid", target);
            body.properties().stream()
                    .filter(field -> !OF_THE_WHOLE.contains(field.getKey()))
                    .forEach(field -> query.set(field.getKey(), field.getValue()));
        }
        return request;
    }

    private static void copy(ObjectNode from, String field, ObjectNode to) {
        JsonNode value = from.get(field);
        if (value != null && !value.isNull()) {
            to.set(field, value);
        }
    }

    private static ObjectNode shown(ObjectNode answer, ObjectNode body) {
        answer.path("hits").forEach(hit -> ((ObjectNode) hit).remove("_federation"));
        answer.put("query", body.path("q").asString(""));
        return answer;
    }
}
