package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import io.miroir.api.keys.Access;
import io.miroir.api.keys.Action;
import io.miroir.api.keys.Authorizer;
import io.miroir.api.render.RenderInput;
import io.miroir.api.render.RenderRequest;
import io.miroir.api.render.RenderTemplate;
import io.miroir.cluster.SwitchedFeatures;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.fanout.read.DocumentReads;
import io.miroir.fanout.read.Terms;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /render-template}: the pod looks up templates and documents, a node renders the one with
 * the other.
 */
final class RenderRoutes {
    private static final String TEMPLATE = "template";
    private static final String INPUT = "input";

    private final RequestPath path;
    private final SwitchedFeatures switched;
    private final DocumentReads documents;

    RenderRoutes(RequestPath path, SwitchedFeatures switched, DocumentReads documents) {
        this.path = path;
        this.switched = switched;
        this.documents = documents;
    }

    List<Route> routes() {
        return List.of(new Route("POST", "/render-template", this::render));
    }

    private Answer render(Request request) throws Exception {
        Access access = path.pass(request, Action.SETTINGS_GET);
        path.pass(request, Action.DOCUMENTS_GET);
        JsonNode body = path.jsonBody(request);
        RenderRequest.check(body);
        Features features = switched.now();
        features.require(Feature.RENDER_ROUTE, "calling the /render-template route");
        for (String part : List.of(TEMPLATE, INPUT)) {
            String index = body.path(part).path("indexUid").asString(null);
            if (index != null && !access.allows(index)) {
                throw Authorizer.invalidKey();
            }
        }
        return path.reading(
                request,
                terms -> Answer.json(200, documents.rendered(forNodes(body, features, terms))));
    }

    private ObjectNode forNodes(JsonNode body, Features features, Terms terms) {
        ObjectNode asked = Json.object();
        asked.set(
                TEMPLATE,
                RenderTemplate.forNodes(
                        (ObjectNode) body.path(TEMPLATE),
                        index -> documents.settings(path.resolved(index)),
                        features));
        if (body.path(INPUT) instanceof ObjectNode input) {
            try {
                asked.set(INPUT, input(input, features, terms));
            } catch (ApiException refused) {
                // What is wrong with the template is told first.
                JsonNode _ = documents.rendered(asked);
                throw refused;
            }
        }
        return asked;
    }

    private ObjectNode input(ObjectNode input, Features features, Terms terms) {
        return RenderInput.forNodes(
                input,
                index -> documents.settings(path.resolved(index)).isPresent(),
                (index, id) -> document(path.resolved(index), id, terms),
                features);
    }

    private Optional<JsonNode> document(String index, String id, Terms terms) {
        try {
            return Optional.of(documents.get(index, id, Map.of(), terms).body());
        } catch (ApiException refused) {
            if (refused.code() == ErrorCode.DOCUMENT_NOT_FOUND) {
                return Optional.empty();
            }
            throw refused;
        }
    }
}
