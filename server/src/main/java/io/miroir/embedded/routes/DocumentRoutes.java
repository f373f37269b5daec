package io.miroir.embedded.routes;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.documents.DocumentsRequest;
import io.miroir.api.documents.EditRequest;
import io.miroir.api.documents.PayloadFormat;
import io.miroir.api.documents.WriteRequests;
import io.miroir.api.features.Feature;
import io.miroir.api.keys.Access;
import io.miroir.api.keys.Action;
import io.miroir.api.tasks.TaskType;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.JsonBody;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.embedded.engine.DocumentPage;
import io.miroir.embedded.engine.DocumentsQuery;
import io.miroir.embedded.store.IndexRow;
import io.miroir.embedded.store.Payloads;
import io.miroir.embedded.store.Work;
import io.miroir.embedded.tasks.Details;
import io.miroir.embedded.tasks.TaskQueue.Draft;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Routes of documents: add, delete, fetch. */
public final class DocumentRoutes {
    private static final char COMMA = ',';

    private final Desk desk;
    private final Payloads payloads;

    /** Routes that work with this desk. */
    public DocumentRoutes(Desk desk, Payloads payloads) {
        this.desk = desk;
        this.payloads = payloads;
    }

    /** The routes. */
    public List<Route> routes() {
        String all = "/indexes/{uid}/documents";
        return List.of(
                new Route("GET", all, this::list),
                new Route("POST", all, request -> add(request, false)),
                new Route("PUT", all, request -> add(request, true)),
                new Route("DELETE", all, this::clear),
                new Route("POST", all + "/delete-batch", this::deleteBatch),
                new Route("POST", all + "/delete", this::deleteByFilter),
                new Route("POST", all + "/edit", this::edit),
                new Route("POST", all + "/fetch", this::fetch),
                new Route("GET", all + "/{id}", this::get),
                new Route("DELETE", all + "/{id}", this::deleteOne));
    }

    private Answer list(Request request) {
        desk.passIndex(request, Action.DOCUMENTS_GET);
        return page(request, DocumentsRequest.fromParameters(request.query()));
    }

    private Answer fetch(Request request) throws IOException {
        desk.passIndex(request, Action.DOCUMENTS_GET);
        return page(request, DocumentsRequest.fromBody(JsonBody.read(request)));
    }

    private Answer page(Request request, DocumentsRequest asked) {
        IndexRow index = desk.index(request);
        DocumentsQuery query =
                new DocumentsQuery(
                        asked.ids(),
                        asked.filter(),
                        asked.sort(),
                        asked.fields(),
                        asked.retrieveVectors(),
                        asked.offset(),
                        asked.limit());
        DocumentPage page = desk.with(index, (engine, context) -> engine.list(context, query));
        ObjectNode json = Json.object();
        var results = json.putArray("results");
        page.documents().forEach(results::add);
        json.put("offset", asked.offset());
        json.put("limit", asked.limit());
        json.put("total", page.total());
        return Answer.json(200, json);
    }

    private Answer get(Request request) {
        desk.passIndex(request, Action.DOCUMENTS_GET);
        DocumentsRequest.Shown shown = DocumentsRequest.oneFromParameters(request.query());
        IndexRow index = desk.index(request);
        String id = request.path("id");
        ObjectNode document =
                desk.indexes()
                        .use(
                                index,
                                engine ->
                                        Objects.requireNonNullElseGet(
                                                engine.get(
                                                        id,
                                                        shown.fields(),
                                                        shown.retrieveVectors()),
                                                () -> {
                                                    throw DocumentsRequest.notFound(id);
                                                }));
        return Answer.json(200, document);
    }

    private Answer add(Request request, boolean partial) throws IOException {
        Access access = desk.passIndex(request, Action.DOCUMENTS_ADD);
        WriteRequests.Addition asked = WriteRequests.addition(request.query());
        String uid = desk.uid(request);
        PayloadFormat format = PayloadFormat.of(request.header("Content-Type"));
        format.checkDelimiter(asked.csvDelimiter());
        Character delimiter = asked.csvDelimiter();
        Payloads.Stored stored =
                payloads.store(format, delimiter == null ? COMMA : delimiter, request.body());
        return desk.accept(
                new Draft(
                        TaskType.DOCUMENT_ADDITION_OR_UPDATE,
                        List.of(uid),
                        asked.customMetadata(),
                        Details.addition(stored.documents(), null),
                        new Work.AddDocuments(
                                stored.file(),
                                partial,
                                asked.primaryKey(),
                                access.mayCreate(uid),
                                asked.skipCreation())));
    }

    private Answer deleteOne(Request request) {
        desk.passIndex(request, Action.DOCUMENTS_DELETE);
        return deleteByIds(request, List.of(request.path("id")));
    }

    private Answer deleteBatch(Request request) throws IOException {
        desk.passIndex(request, Action.DOCUMENTS_DELETE);
        JsonNode ids = WriteRequests.idsToDelete(JsonBody.read(request));
        return deleteByIds(request, ids.valueStream().map(WriteRequests::idToDelete).toList());
    }

    private Answer deleteByIds(Request request, List<String> ids) {
        return deletion(
                request, Details.deletion(ids.size(), null, null), new Work.DeleteByIds(ids));
    }

    private Answer deleteByFilter(Request request) throws IOException {
        desk.passIndex(request, Action.DOCUMENTS_DELETE);
        JsonNode body = JsonBody.read(request);
        desk.uid(request);
        JsonNode filter = WriteRequests.filterToDelete(body, desk.features());
        return deletion(
                request, Details.deletion(0, null, filter), new Work.DeleteByFilter(filter));
    }

    private Answer clear(Request request) {
        desk.passIndex(request, Action.DOCUMENTS_DELETE);
        return deletion(request, Details.clearing(null), new Work.ClearDocuments());
    }

    private Answer deletion(Request request, ObjectNode details, Work work) {
        String metadata = WriteRequests.customMetadata(request.query());
        return desk.accept(
                new Draft(
                        TaskType.DOCUMENT_DELETION,
                        List.of(desk.uid(request)),
                        metadata,
                        details,
                        work));
    }

    /** Functions are written in a language (Rhai) that this node does not run. */
    private Answer edit(Request request) throws IOException {
        desk.passIndex(request, Action.DOCUMENTS_ADD);
        JsonNode body = JsonBody.read(request);
        EditRequest.checkShape(body);
        desk.features()
                .require(Feature.EDIT_DOCUMENTS_BY_FUNCTION, "Using the documents edit route");
        EditRequest _ = EditRequest.parse(body, desk.uid(request), desk.features());
        throw new ApiException(
                ErrorCode.MIROIR_NOT_IMPLEMENTED,
                "The embedded Miroir node does not edit documents by function.",
                400);
    }
}
