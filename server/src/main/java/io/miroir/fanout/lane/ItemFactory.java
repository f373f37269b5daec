package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.api.indexes.IndexSwaps;
import io.miroir.api.settings.SettingsUpdate;
import io.miroir.cluster.IndexView;
import io.miroir.fanout.spool.Spooled;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes the item that a request asks for, validated against what the lane is at. */
final class ItemFactory {
    private final LaneContext context;
    private final IndexItems indexes;
    private final DocumentItems documents;
    private final EditItems edits;
    private final NameItems names;

    ItemFactory(LaneContext context) {
        this.context = context;
        this.indexes = new IndexItems(context);
        this.documents = new DocumentItems(context, indexes);
        this.edits = new EditItems(context);
        this.names = new NameItems(context, indexes);
    }

    Item prepare(WriteRequest request, Optional<IndexView> index, Spooled body) throws IOException {
        Item item = make(request, index, body);
        try {
            TaskRoom.require(item.details());
        } catch (ApiException refused) {
            item.close();
            throw refused;
        }
        return item;
    }

    private Item make(WriteRequest request, Optional<IndexView> index, Spooled body)
            throws IOException {
        return switch (request.operation()) {
            case DOCUMENTS_REPLACE, DOCUMENTS_UPDATE -> documents.write(request, index, body);
            case DOCUMENT_DELETE -> {
                String id = String.valueOf(request.parameter(WriteRequest.ID));
                yield documents.deleteIds(
                        request, index, to -> to.accept(id), ids -> deletion(request, ids, null));
            }
            case DOCUMENTS_DELETE ->
                    documents.deleteIds(
                            request,
                            index,
                            DocumentIds.in(body),
                            ids -> deletion(request, ids, null));
            case DOCUMENTS_DELETE_BY_FILTER -> {
                JsonNode filter = parse(body).path("filter");
                yield documents.deleteByFilter(
                        request, index, filter, deletion(request, 0, Json.text(filter)));
            }
            case DOCUMENTS_CLEAR -> documents.clear(request, index, clearing(request));
            case DOCUMENTS_EDIT -> edits.edit(request, index, parse(body));
            case INDEX_CREATE -> indexes.create(request, index);
            case INDEX_UPDATE ->
                    request.parameter(WriteRequest.NEW_UID) == null
                            ? indexes.update(request, index)
                            : names.rename(request, index);
            case INDEX_DELETE -> indexes.delete(request, index);
            case INDEX_COMPACT -> indexes.compact(request, index);
            case INDEX_SWAP -> names.swap(index, IndexSwaps.ofDetails(parse(body)));
            case SETTINGS_UPDATE ->
                    indexes.settings(
                            request,
                            index,
                            index.map(view -> Details.pendingSettings(context.store(), view.row()))
                                    .orElse(null),
                            new SettingsUpdate((ObjectNode) parse(body)));
        };
    }

    private static JsonNode parse(Spooled body) throws IOException {
        try (InputStream in = body.open()) {
            return Json.parse(in);
        }
    }

    private static Details deletion(WriteRequest request, int ids, @Nullable String filter) {
        ObjectNode visible = Json.object();
        visible.put("providedIds", ids);
        visible.putNull("deletedDocuments");
        visible.put("originalFilter", filter);
        return Details.of(visible).tagged(request.parameter(WriteRequest.CUSTOM_METADATA));
    }

    private static Details clearing(WriteRequest request) {
        ObjectNode visible = Json.object();
        visible.putNull("deletedDocuments");
        return Details.of(visible).tagged(request.parameter(WriteRequest.CUSTOM_METADATA));
    }
}
