package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.IndexUid;
import io.miroir.api.Json;
import io.miroir.api.documents.EditRequest;
import io.miroir.api.search.NodesFilter;
import io.miroir.api.settings.FilterableRule;
import io.miroir.cluster.IndexView;
import io.miroir.core.plan.WritePlan;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.answer.ReservedFields;
import io.miroir.store.index.IndexRow;
import io.miroir.store.lane.Intend;
import io.miroir.store.task.TaskType;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes items that edit documents by a function, which each node runs on its own. */
final class EditItems {
    /** A name that no index has: numbers of indexes begin with one. */
    private static final String NO_INDEX = IndexRow.physicalUid(0);

    private final LaneContext context;

    EditItems(LaneContext context) {
        this.context = context;
    }

    /** The edit that a client asks for; refused at once if its function can't be read. */
    Item edit(WriteRequest request, Optional<IndexView> index, JsonNode body) {
        Details details = details(request, body);
        // Before a node is asked.
        TaskRoom.require(details);
        tryOut(EditRequest.function(body));
        EditRequest asked = EditRequest.parse(body, request.indexUid(), context.view().features());
        ReservedFields.refuseFilter(asked.filter(), ErrorCode.INVALID_DOCUMENT_FILTER);
        if (index.isEmpty()) {
            return Item.failed(
                    TaskType.DOCUMENT_EDITION,
                    details,
                    Scope.nothing(context.fleet().topology(context.fleet().shards()), Intend.ALLOT),
                    IndexUid.notFound(request.indexUid()));
        }
        IndexView view = index.get();
        ShardSet shards = ShardSet.all(view.topology().shards());
        WritePlan plan = WritePlan.of(view.topology(), view, context::writable, shards);
        ObjectNode sent = Json.object().put("function", EditFunction.wrapped(asked.function()));
        if (asked.filter() != null) {
            sent.set(
                    "filter",
                    NodesFilter.of(asked.filter(), FilterableRule.allOf(view.settings())));
        }
        if (asked.context() != null) {
            sent.set("context", asked.context());
        }
        return new Item(
                TaskType.DOCUMENT_EDITION,
                details,
                new Scope(view.topology(), view.row().incarnation(), shards, plan),
                (_, place) ->
                        List.of(
                                new Item.Step(
                                        post(place.markedPath("/documents/edit"), sent),
                                        place.mark())),
                Item.Effects.none(),
                List.of());
    }

    private static Details details(WriteRequest request, JsonNode body) {
        JsonNode filter = body.path("filter");
        JsonNode given = body.path("context");
        ObjectNode visible = Json.object();
        visible.putNull("editedDocuments");
        visible.putNull("deletedDocuments");
        visible.put(
                "originalFilter",
                filter.isMissingNode() || filter.isNull() ? null : Json.text(filter));
        visible.set("context", given.isMissingNode() ? null : given);
        visible.put("function", EditRequest.function(body));
        return Details.of(visible).tagged(request.parameter(WriteRequest.CUSTOM_METADATA));
    }

    // Nodes read the function before they refuse a context that is none: nothing is edited.
    private void tryOut(String function) {
        ObjectNode probe = Json.object().put("function", function).put("context", "none");
        NodeRequest request = post("/indexes/" + NO_INDEX + "/documents/edit", probe);
        for (String node : context.nodes().ids()) {
            if (context.writable(node)
                    && context.nodes().ask(node, request) instanceof NodeReply.Refusal refusal
                    && !refusal.refusesKey()) {
                ApiException said = WireErrors.toException(refusal.error());
                if (said.code() == ErrorCode.INVALID_DOCUMENT_EDITION_CONTEXT) {
                    return;
                }
                // A node that was away when the feature was switched on is told by and by.
                if (said.code() != ErrorCode.FEATURE_NOT_ENABLED) {
                    throw said;
                }
            }
        }
        throw LaneErrors.overloaded("No node can read the function.");
    }

    private NodeRequest post(String target, ObjectNode body) {
        return NodeRequest.post(
                        "write", target, NodeBody.json(body), context.settings().sendTimeout())
                .expecting(AnswerShape.ENQUEUED);
    }
}
