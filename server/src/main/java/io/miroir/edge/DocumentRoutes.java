package io.miroir.edge;

import io.miroir.api.ErrorCode;
import io.miroir.api.IndexUid;
import io.miroir.api.Json;
import io.miroir.api.documents.DocumentsRequest;
import io.miroir.api.documents.EditRequest;
import io.miroir.api.documents.PayloadFormat;
import io.miroir.api.documents.WriteRequests;
import io.miroir.api.features.Feature;
import io.miroir.api.keys.Action;
import io.miroir.api.search.SortBy;
import io.miroir.cluster.StoredNetwork;
import io.miroir.cluster.SwitchedFeatures;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.JsonBody;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.fanout.answer.ReservedFields;
import io.miroir.fanout.lane.Operation;
import io.miroir.fanout.lane.WriteRequest;
import io.miroir.fanout.read.DocumentReads;
import io.miroir.fanout.read.ForeignFilters;
import io.miroir.fanout.read.ReadReply;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /indexes/{uid}/documents}. */
final class DocumentRoutes {
    private static final String DOCUMENTS = "/indexes/{uid}/documents";

    private final RequestPath path;
    private final DocumentReads documents;
    private final SwitchedFeatures switched;
    private final StoredNetwork network;
    private final ForeignFilters foreign;

    DocumentRoutes(
            RequestPath path,
            DocumentReads documents,
            SwitchedFeatures switched,
            StoredNetwork network,
            ForeignFilters foreign) {
        this.path = path;
        this.documents = documents;
        this.switched = switched;
        this.network = network;
        this.foreign = foreign;
    }

    List<Route> routes() {
        return List.of(
                new Route("POST", DOCUMENTS, r -> write(r, Operation.DOCUMENTS_REPLACE)),
                new Route("PUT", DOCUMENTS, r -> write(r, Operation.DOCUMENTS_UPDATE)),
                new Route("DELETE", DOCUMENTS, this::clear),
                new Route("GET", DOCUMENTS, this::list),
                new Route("POST", DOCUMENTS + "/fetch", this::fetch),
                new Route("POST", DOCUMENTS + "/delete-batch", this::deleteBatch),
                new Route("POST", DOCUMENTS + "/delete", this::deleteByFilter),
                new Route("POST", DOCUMENTS + "/edit", this::edit),
                new Route("GET", DOCUMENTS + "/{id}", this::get),
                new Route("DELETE", DOCUMENTS + "/{id}", this::deleteOne));
    }

    // The body is not read here: whoever runs the lane does, while the client sends it.
    private Answer write(Request request, Operation operation) throws Exception {
        Map<String, String> parameters = new HashMap<>(request.query());
        String uid = path.passCreatingWrite(request, Action.DOCUMENTS_ADD, parameters);
        WriteRequests.Addition asked = WriteRequests.addition(request.query());
        IndexUid.require(uid);
        PayloadFormat format = PayloadFormat.of(request.header("Content-Type"));
        format.checkDelimiter(asked.csvDelimiter());
        parameters.put(WriteRequest.CONTENT_TYPE, format.mediaType());
        return path.write(request, new WriteRequest(operation, uid, parameters), request.body());
    }

    private Answer deleteOne(Request request) throws Exception {
        String uid = path.passWrite(request, Action.DOCUMENTS_DELETE);
        WriteRequests.customMetadata(request.query());
        Map<String, String> parameters = new HashMap<>(request.query());
        parameters.put(WriteRequest.ID, request.path("id"));
        return delete(request, Operation.DOCUMENT_DELETE, uid, parameters, null);
    }

    private Answer deleteBatch(Request request) throws Exception {
        String uid = path.passWrite(request, Action.DOCUMENTS_DELETE);
        WriteRequests.customMetadata(request.query());
        byte[] ids = WriteRequests.idList(WriteRequests.idsToDelete(path.jsonBody(request)));
        // Numbers have become texts: a node may take no more than it is.
        JsonBody.requireAtMost(ids.length, path.jsonBytesMax());
        return path.write(
                request, new WriteRequest(Operation.DOCUMENTS_DELETE, uid, request.query()), ids);
    }

    private Answer deleteByFilter(Request request) throws Exception {
        String uid = path.passWrite(request, Action.DOCUMENTS_DELETE);
        WriteRequests.customMetadata(request.query());
        IndexUid.require(uid);
        JsonNode filter = WriteRequests.filterToDelete(path.jsonBody(request), switched.now());
        ReservedFields.refuseFilter(filter, ErrorCode.INVALID_DOCUMENT_FILTER);
        ObjectNode passed = Json.object();
        passed.set("filter", filter);
        return delete(request, Operation.DOCUMENTS_DELETE_BY_FILTER, uid, request.query(), passed);
    }

    // In Meilisearch's order: the key, the body's shape, the feature, the index's name.
    private Answer edit(Request request) throws Exception {
        path.passKey(request, Action.DOCUMENTS_ALL);
        JsonNode asked = path.jsonBody(request);
        EditRequest.checkShape(asked);
        WriteRequests.customMetadata(request.query());
        switched.now()
                .require(Feature.EDIT_DOCUMENTS_BY_FUNCTION, "Using the documents edit route");
        String uid = path.passWrite(request, Action.DOCUMENTS_ALL);
        return delete(request, Operation.DOCUMENTS_EDIT, uid, request.query(), asked);
    }

    private Answer clear(Request request) throws Exception {
        String uid = path.passWrite(request, Action.DOCUMENTS_DELETE);
        WriteRequests.customMetadata(request.query());
        return delete(request, Operation.DOCUMENTS_CLEAR, uid, request.query(), null);
    }

    private Answer delete(
            Request request,
            Operation operation,
            String uid,
            Map<String, String> parameters,
            @Nullable JsonNode body)
            throws Exception {
        return path.write(request, new WriteRequest(operation, uid, parameters), body);
    }

    private Answer get(Request request) throws Exception {
        String uid = path.passRead(request, Action.DOCUMENTS_GET);
        DocumentsRequest.oneFromParameters(request.query());
        String id = request.path("id");
        return path.reading(
                request, terms -> RequestPath.read(documents.get(uid, id, request.query(), terms)));
    }

    private Answer list(Request request) throws Exception {
        String uid = path.passRead(request, Action.DOCUMENTS_GET);
        DocumentsRequest asked = DocumentsRequest.fromParameters(request.query());
        return page(request, uid, asked, new StoredNetwork.Reach.Here());
    }

    private Answer fetch(Request request) throws Exception {
        String uid = path.passRead(request, Action.DOCUMENTS_GET);
        JsonNode body = path.searchBody(request);
        DocumentsRequest asked = DocumentsRequest.fromBody(body);
        if (body.path("useNetwork").asBoolean(false)) {
            switched.now().require(Feature.NETWORK, "passing `useNetwork` in a search query");
        }
        return page(request, uid, asked, network.reach(body));
    }

    private Answer page(
            Request request, String uid, DocumentsRequest asked, StoredNetwork.Reach reach)
            throws Exception {
        IndexUid.require(uid);
        List<SortBy> _ =
                SortBy.parse(
                        Objects.requireNonNullElse(asked.sort(), List.of()),
                        ErrorCode.INVALID_DOCUMENT_SORT);
        return path.reading(
                request,
                terms -> {
                    ObjectNode wanted = body(asked);
                    JsonNode filter = wanted.path("filter");
                    foreign.resolve(uid, wanted, ErrorCode.INVALID_DOCUMENT_FILTER, terms);
                    ReadReply reply =
                            foreign.asWritten(
                                    filter,
                                    ErrorCode.INVALID_DOCUMENT_FILTER,
                                    () -> documents.list(uid, wanted, terms));
                    NetworkAnswer.showDocuments(reach, reply.body());
                    return RequestPath.read(reply);
                });
    }

    /** The body of a fetch that asks for the same. */
    private static ObjectNode body(DocumentsRequest asked) {
        ObjectNode body = Json.object();
        body.put("offset", asked.offset());
        body.put("limit", asked.limit());
        body.put("retrieveVectors", asked.retrieveVectors());
        if (asked.filter() != null) {
            body.set("filter", asked.filter());
        }
        put(body, "ids", asked.ids());
        put(body, "sort", asked.sort());
        put(body, "fields", asked.fields());
        return body;
    }

    private static void put(ObjectNode body, String name, @Nullable Collection<String> values) {
        if (values != null) {
            ArrayNode list = body.putArray(name);
            values.forEach(list::add);
        }
    }
}
