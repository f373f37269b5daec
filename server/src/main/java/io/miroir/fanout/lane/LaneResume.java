package io.miroir.fanout.lane;

import io.miroir.api.Json;
import io.miroir.api.settings.NodeSettings;
import io.miroir.cluster.IndexView;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.ShardSet;
import io.miroir.core.topology.Topology;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.index.IndexRow;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.IntentRow;
import io.miroir.store.lane.Lanes.Binding;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a lane's new owner does first: settles the intents of which nobody knows what became, by
 * looking at the nodes' tasks (protocol, rules 2 to 4), and follows the tasks that are not done.
 */
final class LaneResume {
    private static final Logger LOG = LoggerFactory.getLogger(LaneResume.class);

    private final LaneContext context;
    private final Dispatcher dispatcher;
    private final TaskFollower follower;

    LaneResume(LaneContext context, Dispatcher dispatcher, TaskFollower follower) {
        this.context = context;
        this.dispatcher = dispatcher;
        this.follower = follower;
    }

    void run(String lane, long epoch) throws InterruptedException {
        follower.forget(lane);
        for (IntentRow intent : context.store().lanes().openIntents(ReadLevel.LOCAL, lane)) {
            settle(intent, epoch);
        }
        for (TaskRow task : context.store().tasks().unfinished(ReadLevel.LOCAL, lane)) {
            Tracked.of(task, epoch).ifPresent(follower::follow);
        }
    }

    private void settle(IntentRow intent, long epoch) throws InterruptedException {
        Optional<IndexView> index =
                context.view()
                        .index(intent.indexUid())
                        .filter(view -> view.row().incarnation() == intent.incarnation());
        Map<String, Long> found = new TreeMap<>();
        Map<String, Divergence.Has> has = new TreeMap<>();
        look(intent)
                .forEach(
                        (node, seen) -> {
                            seen.filter(OptionalLong::isPresent)
                                    .ifPresent(uid -> found.put(node, uid.getAsLong()));
                            has.put(node, has(seen));
                        });
        LOG.info("intent {} of lane {} is on {}", intent.position(), intent.lane(), found.keySet());
        if (index.isEmpty()) {
            abandon(intent, epoch, "the index never came to be");
            dropPhysical(intent.incarnation());
            return;
        }
        if (type(intent) == TaskType.INDEX_DELETION) {
            // Some nodes may have dropped it: there is no way but forward.
            bind(intent, epoch, Map.of(), Map.of(), new IndexEffect.Deleted(intent.incarnation()));
            dropPhysical(intent.incarnation());
            return;
        }
        if (type(intent) == TaskType.SETTINGS_UPDATE) {
            abandon(intent, epoch, "undone by the settings of before");
            restoreSettings(index.get());
            return;
        }
        Map<String, ShardSet> out = Divergence.of(inSync(index.get(), intent.targets()), has);
        if (found.isEmpty()) {
            Replicated replicas = new Replicated(context.store());
            out.forEach((node, shards) -> replicas.markOut(intent.incarnation(), node, shards));
            abandon(intent, epoch, "no node has it");
        } else {
            bind(intent, epoch, found, out);
        }
    }

    /** What each target has of the intent; nothing for one that does not answer, or is down. */
    private Map<String, Optional<OptionalLong>> look(IntentRow intent) throws InterruptedException {
        Map<String, Future<Optional<OptionalLong>>> looking = new TreeMap<>();
        Map<String, Optional<OptionalLong>> seen = new TreeMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String node : intent.targets()) {
                if (context.writable(node)) {
                    looking.put(node, threads.submit(() -> dispatcher.find(node, place(intent))));
                } else {
                    // Its answer would be waited for in vain, and the lane with it.
                    seen.put(node, Optional.empty());
                }
            }
            for (Map.Entry<String, Future<Optional<OptionalLong>>> node : looking.entrySet()) {
                seen.put(node.getKey(), node.getValue().get());
            }
        } catch (ExecutionException bug) {
            throw new IllegalStateException("looking for " + place(intent), bug.getCause());
        }
        return seen;
    }

    /** Sends all nodes what is in force: steps without metadata can't be told apart on them. */
    void restoreSettings(IndexView index) {
        ObjectNode settings = Details.pendingSettings(context.store(), index.row());
        NodeRequest restore =
                new NodeRequest(
                        "settings",
                        "PATCH",
                        "/indexes/" + index.row().physicalUid() + "/settings",
                        NodeBody.json(NodeSettings.derive(settings)),
                        context.settings().sendTimeout());
        Map<String, ShardSet> held = inSync(index, List.copyOf(index.topology().nodes()));
        Map<String, NodeRequest> requests = new TreeMap<>();
        held.keySet().forEach(node -> requests.put(node, restore));
        Map<String, Divergence.Has> has = new TreeMap<>();
        context.nodes()
                .askAll(requests)
                .forEach(
                        (node, reply) ->
                                has.put(
                                        node,
                                        reply instanceof NodeReply.Answer
                                                ? Divergence.Has.YES
                                                : Divergence.Has.UNKNOWN));
        Replicated replicas = new Replicated(context.store());
        Divergence.of(held, has)
                .forEach((node, out) -> replicas.markOut(index.row().incarnation(), node, out));
    }

    /** The place under which the lost owner sent it. */
    private static Place place(IntentRow intent) {
        return new Place(intent.lane(), intent.epoch(), intent.position(), intent.incarnation());
    }

    private static Divergence.Has has(Optional<OptionalLong> seen) {
        if (seen.isEmpty()) {
            return Divergence.Has.UNKNOWN;
        }
        return seen.get().isPresent() ? Divergence.Has.YES : Divergence.Has.NO;
    }

    private void abandon(IntentRow intent, long epoch, String why) {
        context.store().lanes().abandon(intent.lane(), epoch, intent.position(), why).orThrow();
    }

    private void bind(
            IntentRow intent,
            long epoch,
            Map<String, Long> found,
            Map<String, ShardSet> out,
            IndexEffect... effects)
            throws InterruptedException {
        Map<String, String> missed = new TreeMap<>();
        Map<String, List<Integer>> shards = new TreeMap<>();
        out.forEach(
                (node, marked) -> {
                    missed.put(node, "not seen when the lane changed hands");
                    shards.put(node, marked.stream().boxed().toList());
                });
        TaskType type = type(intent);
        Reply<Binding> reply =
                context.store()
                        .lanes()
                        .bind(
                                new Bind(
                                        intent.lane(),
                                        epoch,
                                        intent.position(),
                                        type,
                                        details(type).sentAs(place(intent).metadata()).stored(),
                                        found,
                                        missed,
                                        shards,
                                        null,
                                        null,
                                        List.of(effects)));
        Binding _ = reply.orThrow();
        // What is read of the lane from here on must have its task.
        if (reply instanceof Reply.Applied<Binding> applied
                && !context.view().await(applied.index(), context.settings().storeTimeout())) {
            throw LaneErrors.overloaded("This pod lags behind the task store.");
        }
    }

    private static TaskType type(IntentRow intent) {
        Operation operation =
                Operation.of(intent.kind())
                        .orElseThrow(() -> new IllegalStateException("intent " + intent.kind()));
        return switch (operation) {
            case DOCUMENTS_REPLACE, DOCUMENTS_UPDATE -> TaskType.DOCUMENT_ADDITION_OR_UPDATE;
            case DOCUMENT_DELETE, DOCUMENTS_DELETE, DOCUMENTS_DELETE_BY_FILTER, DOCUMENTS_CLEAR ->
                    TaskType.DOCUMENT_DELETION;
            case INDEX_CREATE -> TaskType.INDEX_CREATION;
            case INDEX_UPDATE -> TaskType.INDEX_UPDATE;
            case INDEX_DELETE -> TaskType.INDEX_DELETION;
            case SETTINGS_UPDATE -> TaskType.SETTINGS_UPDATE;
        };
    }

    // The request is gone with its owner: what it asked for in numbers is known by nobody.
    private static Details details(TaskType type) {
        ObjectNode visible = Json.object();
        if (type == TaskType.DOCUMENT_DELETION) {
            visible.putNull("deletedDocuments");
        }
        return Details.of(visible);
    }

    private static Map<String, ShardSet> inSync(IndexView index, List<String> nodes) {
        Topology topology = index.topology();
        Map<String, ShardSet> held = new TreeMap<>();
        for (String node : nodes) {
            List<Integer> shards = new ArrayList<>();
            topology.shardsOf(node).stream()
                    .filter(shard -> index.state(node, shard) == ReplicaState.IN_SYNC)
                    .forEach(shards::add);
            held.put(node, ShardSet.of(shards));
        }
        return held;
    }

    /** Tells all nodes to drop an index that never came to be; its number is never used again. */
    void dropPhysical(long incarnation) {
        NodeRequest drop =
                new NodeRequest(
                        "index",
                        "DELETE",
                        "/indexes/" + IndexRow.physicalUid(incarnation),
                        null,
                        context.settings().sendTimeout());
        Map<String, NodeRequest> all = new TreeMap<>();
        context.nodes().ids().stream()
                .filter(context::writable)
                .forEach(node -> all.put(node, drop));
        context.nodes().askAll(all);
    }

    /** Whether anything waits to be resumed. */
    static boolean wanted(LaneContext context, String lane) {
        return !context.store().lanes().openIntents(ReadLevel.LOCAL, lane).isEmpty()
                || !context.store().tasks().unfinished(ReadLevel.LOCAL, lane).isEmpty();
    }
}
