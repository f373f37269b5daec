package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.IndexUid;
import io.miroir.api.Json;
import io.miroir.api.settings.NodeSettings;
import io.miroir.api.settings.Settings;
import io.miroir.api.settings.SettingsUpdate;
import io.miroir.cluster.IndexView;
import io.miroir.core.plan.WritePlan;
import io.miroir.core.topology.Replicas;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeRequest;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.lane.Intend;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.ShardState;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.task.TaskType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes items that change an index itself: creation, deletion, primary key, settings. */
final class IndexItems {
    private final LaneContext context;

    IndexItems(LaneContext context) {
        this.context = context;
    }

    /** The creation that a client asks for. */
    Item create(WriteRequest request, Optional<IndexView> index) {
        String key = request.parameter(WriteRequest.PRIMARY_KEY);
        Details details = keyDetails(key);
        Topology topology = context.fleet().topology(context.fleet().shards());
        if (index.isEmpty()) {
            Item creation = creating(details, topology, key);
            return new Item(
                    TaskType.INDEX_CREATION,
                    creation.details(),
                    creation.scope(),
                    creation.steps(),
                    creation.effects(),
                    List.of());
        }
        return Item.failed(
                TaskType.INDEX_CREATION,
                details,
                Scope.nothing(topology, index.get().row().incarnation()),
                IndexUid.alreadyExists(request.indexUid()));
    }

    /** The creation that comes with an index's first documents; on all nodes, whatever they get. */
    Item creating(Details details, Topology topology, @Nullable String primaryKey) {
        ObjectNode settings = Settings.defaults();
        ShardSet shards = ShardSet.all(topology.shards());
        WritePlan plan =
                WritePlan.of(topology, Replicas.assigned(topology), context::writable, shards);
        return new Item(
                TaskType.DOCUMENT_ADDITION_OR_UPDATE,
                details.creating().committing(settings),
                new Scope(topology, Intend.ALLOT, shards, plan),
                (_, place) ->
                        List.of(
                                createStep(place, primaryKey),
                                settingsStep(place, NodeSettings.derive(settings))),
                (place, out) ->
                        List.of(
                                new IndexEffect.Created(
                                        place.lane(),
                                        place.incarnation(),
                                        primaryKey,
                                        topology.shards(),
                                        Json.text(settings),
                                        replicas(topology, place.incarnation(), out))),
                List.of());
    }

    /** Another primary key, or none other. */
    Item update(WriteRequest request, Optional<IndexView> index) {
        return update(request, index, keyDetails(request.parameter(WriteRequest.PRIMARY_KEY)));
    }

    Item update(WriteRequest request, Optional<IndexView> index, Details details) {
        String key = request.parameter(WriteRequest.PRIMARY_KEY);
        if (index.isEmpty()) {
            return missing(TaskType.INDEX_UPDATE, request, details);
        }
        if (key == null) {
            return new Item(
                    TaskType.INDEX_UPDATE,
                    details,
                    Scope.nothing(index.get().topology(), index.get().row().incarnation()),
                    Item.Steps.none(),
                    Item.Effects.none(),
                    List.of());
        }
        ObjectNode body = Json.object();
        body.put("primaryKey", key);
        return new Item(
                TaskType.INDEX_UPDATE,
                details,
                everywhere(index.get()),
                (_, place) -> List.of(step(request("index", "PATCH", place.path(""), body))),
                Item.Effects.none(),
                List.of());
    }

    /** Less room on the nodes' disks. */
    Item compact(WriteRequest request, Optional<IndexView> index) {
        Details details = Details.of(Json.object());
        if (index.isEmpty()) {
            return missing(TaskType.INDEX_COMPACTION, request, details);
        }
        return new Item(
                TaskType.INDEX_COMPACTION,
                details,
                everywhere(index.get()),
                (_, place) -> List.of(step(request("index", "POST", place.path("/compact"), null))),
                Item.Effects.none(),
                List.of());
    }

    // Its task is found by its number alone: only documents' tasks can carry more.
    private static Item.Step step(NodeRequest request) {
        return new Item.Step(request, null);
    }

    /** The end of an index. It leaves the catalogue at once, the nodes when they come to it. */
    Item delete(WriteRequest request, Optional<IndexView> index) {
        ObjectNode visible = Json.object();
        visible.putNull("deletedDocuments");
        if (index.isEmpty()) {
            visible.put("deletedDocuments", 0);
            return missing(TaskType.INDEX_DELETION, request, Details.of(visible));
        }
        long incarnation = index.get().row().incarnation();
        return new Item(
                TaskType.INDEX_DELETION,
                Details.of(visible),
                everywhere(index.get()).alsoWhereOut(context::writable),
                (_, place) -> List.of(step(request("index", "DELETE", place.path(""), null))),
                (_, _) -> List.of(new IndexEffect.Deleted(incarnation)),
                List.of());
    }

    /**
     * Other settings; creates the index if there is none.
     *
     * @param current the client's settings once all earlier items are done
     */
    Item settings(
            WriteRequest request,
            Optional<IndexView> index,
            @Nullable ObjectNode current,
            SettingsUpdate update) {
        Details details =
                Details.of(update.changes())
                        .tagged(request.parameter(WriteRequest.CUSTOM_METADATA));
        if (index.isEmpty() && !request.creates()) {
            return missing(TaskType.SETTINGS_UPDATE, request, details);
        }
        ObjectNode before = current == null ? Settings.defaults() : current;
        ObjectNode after;
        try {
            after = Settings.apply(before, update);
        } catch (ApiException found) {
            ApiException misfit = inIndex(request.indexUid(), found);
            Topology topology = context.fleet().topology(context.fleet().shards());
            return index.isEmpty()
                    ? retyped(creating(details.failing(misfit.toJson()), topology, null))
                    : Item.failed(
                            TaskType.SETTINGS_UPDATE,
                            details,
                            Scope.nothing(topology, index.get().row().incarnation()),
                            misfit);
        }
        if (index.isEmpty()) {
            // Nobody reads it yet, so all nodes get them at once, with the index.
            Topology topology = context.fleet().topology(context.fleet().shards());
            Item creation = creating(details, topology, null);
            return new Item(
                    TaskType.SETTINGS_UPDATE,
                    creation.details().committing(after),
                    creation.scope(),
                    (node, place) -> {
                        List<Item.Step> steps = new ArrayList<>(creation.steps().of(node, place));
                        steps.add(settingsStep(place, NodeSettings.derive(after)));
                        return steps;
                    },
                    creation.effects(),
                    List.of());
        }
        // No node hears of them now: the task rolls them out when it is its turn.
        return new Item(
                TaskType.SETTINGS_UPDATE,
                details.committing(after),
                Scope.nothing(index.get().topology(), index.get().row().incarnation()),
                Item.Steps.none(),
                Item.Effects.none(),
                List.of());
    }

    /** What Meilisearch finds only when it comes to the task, it tells with the index's name. */
    static ApiException inIndex(String uid, ApiException found) {
        return new ApiException(found.code(), "Index `" + uid + "`: " + found.text());
    }

    private static Item retyped(Item creation) {
        return new Item(
                TaskType.SETTINGS_UPDATE,
                creation.details(),
                creation.scope(),
                creation.steps(),
                creation.effects(),
                List.of());
    }

    /** A change of an index that is not there. */
    Item missing(TaskType type, WriteRequest request, Details details) {
        return Item.failed(
                type,
                details,
                Scope.nothing(context.fleet().topology(context.fleet().shards()), Intend.ALLOT),
                IndexUid.notFound(request.indexUid()));
    }

    private Scope everywhere(IndexView index) {
        ShardSet shards = ShardSet.all(index.topology().shards());
        WritePlan plan = WritePlan.of(index.topology(), index, context::writable, shards);
        return new Scope(index.topology(), index.row().incarnation(), shards, plan);
    }

    private Item.Step createStep(Place place, @Nullable String primaryKey) {
        ObjectNode body = Json.object();
        body.put("uid", place.physicalUid());
        if (primaryKey != null) {
            body.put("primaryKey", primaryKey);
        }
        return step(request("index", "POST", "/indexes", body));
    }

    private Item.Step settingsStep(Place place, ObjectNode nodeSettings) {
        return step(request("settings", "PATCH", place.path("/settings"), nodeSettings));
    }

    private NodeRequest request(
            String operation, String method, String target, @Nullable JsonNode body) {
        return new NodeRequest(
                        operation,
                        method,
                        target,
                        body == null ? null : NodeBody.json(body),
                        context.settings().sendTimeout())
                .expecting(AnswerShape.ENQUEUED);
    }

    /** Of a task that creates an index or changes its primary key. */
    static Details keyDetails(@Nullable String key) {
        ObjectNode visible = Json.object();
        visible.put("primaryKey", key);
        return Details.of(visible);
    }

    private static List<ReplicaRow> replicas(
            Topology topology, long incarnation, Map<String, ShardSet> out) {
        List<ReplicaRow> rows = new ArrayList<>();
        for (String node : topology.nodes()) {
            ShardSet held = topology.shardsOf(node);
            ShardSet marked = out.getOrDefault(node, ShardSet.none());
            ShardStates states = ShardStates.all(topology.shards(), ShardState.NOT_HELD);
            for (var shard = held.iterator(); shard.hasNext(); ) {
                int next = shard.nextInt();
                ShardState state = marked.contains(next) ? ShardState.OUT : ShardState.IN_SYNC;
                states = states.with(next, state);
            }
            rows.add(new ReplicaRow(incarnation, node, states, 0));
        }
        return rows;
    }
}
