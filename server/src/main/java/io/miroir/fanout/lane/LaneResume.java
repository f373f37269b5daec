package io.miroir.fanout.lane;

import io.miroir.api.Json;
import io.miroir.cluster.IndexView;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.index.IndexRow;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.IntentRow;
import io.miroir.store.lane.Lanes.Binding;
import io.miroir.store.replica.Replicas.LaneRun;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a lane's new owner does first: settles the intents of which nobody knows what became, by
 * looking at the nodes' tasks (protocol, rules 2 to 4), and follows the tasks that are not done.
 */
final class LaneResume {
    private static final Logger LOG = LoggerFactory.getLogger(LaneResume.class);
    private static final String NOT_SEEN = "not seen when the lane changed hands";

    private final LaneContext context;
    private final TaskFollower follower;

    LaneResume(LaneContext context, TaskFollower follower) {
        this.context = context;
        this.follower = follower;
    }

    /**
     * Does it.
     *
     * @return the shards of which some node must say first what it has of a write: until then no
     *     other goes through the lane; none if all is settled
     */
    ShardSet run(String lane, long epoch) throws InterruptedException {
        follower.forget(lane);
        ShardSet awaited = settleAll(lane, epoch);
        followAll(lane, epoch);
        return awaited;
    }

    /**
     * The same for a lane that is held since: what is followed of it goes on where nothing new is
     * bound.
     */
    ShardSet again(String lane, long epoch) throws InterruptedException {
        int open = context.store().lanes().openIntents(ReadLevel.LOCAL, lane).size();
        ShardSet awaited = settleAll(lane, epoch);
        if (context.store().lanes().openIntents(ReadLevel.LOCAL, lane).size() != open) {
            follower.forget(lane);
            followAll(lane, epoch);
        }
        return awaited;
    }

    private void followAll(String lane, long epoch) {
        for (TaskRow task : context.store().tasks().unfinished(ReadLevel.LOCAL, lane)) {
            Tracked.of(task, epoch).ifPresent(follower::follow);
        }
    }

    private ShardSet settleAll(String lane, long epoch) throws InterruptedException {
        List<IntentRow> intents = context.store().lanes().openIntents(ReadLevel.LOCAL, lane);
        LeftTasks found = look(lane, epoch, intents);
        for (IntentRow intent : intents) {
            ShardSet awaited = settle(intent, epoch, found);
            if (!awaited.isEmpty()) {
                return awaited;
            }
        }
        return ShardSet.none();
    }

    private LeftTasks look(String lane, long epoch, List<IntentRow> intents)
            throws InterruptedException {
        Optional<IndexRow> index = context.view().index(lane).map(IndexView::row);
        if (index.isEmpty()) {
            return LeftTasks.NOTHING;
        }
        List<TaskRow> tasks = context.store().tasks().unfinished(ReadLevel.LOCAL, lane);
        return LeftOver.of(index.get(), intents, tasks).look(context, index.get(), epoch);
    }

    /** Answers as {@link #run}. */
    private ShardSet settle(IntentRow intent, long epoch, LeftTasks found)
            throws InterruptedException {
        TaskType type = type(intent);
        if (type == TaskType.INDEX_SWAP || type == TaskType.INDEX_COMPACTION) {
            abandon(intent, epoch, "no document is another one by it");
            return ShardSet.none();
        }
        Optional<IndexView> index =
                context.view()
                        .index(intent.indexUid())
                        .filter(view -> view.row().incarnation() == intent.incarnation());
        if (index.isEmpty()) {
            DropJobs.note(context.store(), intent.incarnation(), true);
            abandon(intent, epoch, "the index never came to be");
            dropPhysical(context, intent.incarnation());
            return ShardSet.none();
        }
        if (type == TaskType.INDEX_DELETION) {
            // Some nodes may have dropped it: there is no way but forward.
            DropJobs.note(context.store(), intent.incarnation(), true);
            IndexEffect deleted = new IndexEffect.Deleted(intent.incarnation());
            LeftWrite.Bound bound = LeftWrite.Bound.unjudged(Map.of());
            bind(intent, epoch, Map.of(), bound, details(type), deleted);
            dropPhysical(context, intent.incarnation());
        } else if (type == TaskType.SETTINGS_UPDATE) {
            undoSettings(intent, epoch, index.get());
            abandon(intent, epoch, "no task speaks of it");
        } else if (type == TaskType.INDEX_UPDATE) {
            return settleKey(intent, epoch, index.get());
        } else {
            return settleMarked(intent, epoch, index.get(), found);
        }
        return ShardSet.none();
    }

    /**
     * Settings are sent once they are bound. An earlier program sent them before: what it reached
     * is given those in force again, before anything else is written.
     */
    private void undoSettings(IntentRow intent, long epoch, IndexView index)
            throws InterruptedException {
        if (intent.targets().isEmpty()) {
            return;
        }
        IndexEffect doubted =
                new IndexEffect.NodesStand(
                        intent.incarnation(),
                        List.of(),
                        intent.targets(),
                        IndexEffect.NodesStand.ANY_VERSION);
        Reply<?> reply = context.store().lanes().affect(intent.lane(), epoch, List.of(doubted));
        reply.orThrow();
        requireSeen(reply);
        follower.rolls().repair(index, epoch, () -> true);
    }

    /** Settles a change of the primary key by the key that nodes say they have. */
    private ShardSet settleKey(IntentRow intent, long epoch, IndexView index)
            throws InterruptedException {
        ReadBack.Reading reading =
                new ReadBack(context)
                        .read(intent.targets(), index.row(), TaskType.INDEX_UPDATE, "");
        if (!reading.done()) {
            throw LaneErrors.overloaded("Nodes still work on another primary key.");
        }
        Map<String, String> keys = new TreeMap<>();
        reading.answers()
                .forEach((node, found) -> keys.put(node, found.path("primaryKey").asString("")));
        Optional<String> changed =
                keys.values().stream()
                        .filter(key -> !key.isEmpty() && !key.equals(index.row().primaryKey()))
                        .findFirst();
        Map<String, Divergence.Has> has = new TreeMap<>();
        keys.forEach(
                (node, key) ->
                        has.put(
                                node,
                                changed.filter(key::equals).isPresent()
                                        ? Divergence.Has.YES
                                        : Divergence.Has.NO));
        LOG.info("intent {} of lane {} left keys {}", intent.position(), intent.lane(), keys);
        ShardSet all = ShardSet.all(index.topology().shards());
        Map<String, ShardSet> held = inSync(index, all, intent, has);
        Map<String, ShardSet> out = Divergence.of(held, has);
        if (changed.isEmpty()) {
            ShardSet awaited = unsaid(held, out, has.keySet());
            if (awaited.isEmpty()) {
                giveUp(intent, epoch, held, has);
            }
            return awaited;
        }
        IndexEffect set = new IndexEffect.PrimaryKeySet(intent.incarnation(), changed.get());
        LeftWrite.Bound bound = LeftWrite.Bound.unjudged(out);
        bind(intent, epoch, Map.of(), bound, IndexItems.keyDetails(changed.get()), set);
        return ShardSet.none();
    }

    /**
     * Shards of nodes that go on being read, and can't say which primary key they have. Given up
     * while such a node may have it, it would be a key that the catalogue does not know: later
     * writes would be refused there for ever.
     */
    private static ShardSet unsaid(
            Map<String, ShardSet> held, Map<String, ShardSet> out, Set<String> answered) {
        ShardSet unsaid = ShardSet.none();
        for (Map.Entry<String, ShardSet> node : held.entrySet()) {
            if (!answered.contains(node.getKey())) {
                ShardSet gone = out.getOrDefault(node.getKey(), ShardSet.none());
                unsaid = unsaid.or(node.getValue().andNot(gone));
            }
        }
        return unsaid;
    }

    /** Settles a step that carries metadata by the tasks that nodes have of it. */
    private ShardSet settleMarked(IntentRow intent, long epoch, IndexView index, LeftTasks tasks)
            throws InterruptedException {
        Map<String, Long> found = new TreeMap<>();
        Map<String, Divergence.Has> seenHere = new TreeMap<>();
        for (String node : intent.targets()) {
            Optional<OptionalLong> seen = tasks.find(node, place(intent));
            seen.filter(OptionalLong::isPresent).ifPresent(uid -> found.put(node, uid.getAsLong()));
            seenHere.put(node, has(seen));
        }
        Map<String, Divergence.Has> has = Divergence.heard(seenHere, context::writable);
        LOG.info("intent {} of lane {} is on {}", intent.position(), intent.lane(), found.keySet());
        Optional<ShardSet> touched =
                intent.shards().isEmpty()
                        ? Optional.empty()
                        : Optional.of(ShardSet.of(intent.shards()));
        ShardSet shards = touched.orElse(ShardSet.all(index.topology().shards()));
        Map<String, ShardSet> held = inSync(index, shards, intent, has);
        String chosen = index.row().primaryKey() == null ? intent.primaryKey() : null;
        // Of replicas that lag nobody waits for: who copies them compares them anew.
        found.keySet().removeIf(node -> held.getOrDefault(node, ShardSet.none()).isEmpty());
        switch (LeftWrite.of(index.topology(), touched, held, has)) {
            case LeftWrite.GivenUp _ -> {
                if (chosen != null) {
                    Map<String, Divergence.Has> told = new TreeMap<>(has);
                    told.values().retainAll(Set.of(Divergence.Has.YES, Divergence.Has.NO));
                    ShardSet awaited = unsaid(held, Divergence.of(held, has), told.keySet());
                    if (!awaited.isEmpty()) {
                        return awaited;
                    }
                }
                giveUp(intent, epoch, held, has);
            }
            case LeftWrite.Bound bound -> {
                Details details = details(type(intent));
                int all = index.topology().shards();
                Map<String, ShardSet> sent = new TreeMap<>(held);
                sent.keySet().retainAll(found.keySet());
                Details known = details.touching(shards, all).sending(sent, all);
                if (chosen == null) {
                    bind(intent, epoch, found, bound, known);
                } else {
                    IndexEffect set = new IndexEffect.PrimaryKeySet(intent.incarnation(), chosen);
                    bind(intent, epoch, found, bound, known.choosing(chosen), set);
                }
            }
        }
        return ShardSet.none();
    }

    /**
     * Who has these shards in sync: also the nodes that were down when it was sent, and that nobody
     * has marked yet. They have nothing of it, whatever a merged request's mark may cover.
     *
     * @param has what is known of the nodes that it was sent to; those others are added
     */
    private static Map<String, ShardSet> inSync(
            IndexView index, ShardSet shards, IntentRow intent, Map<String, Divergence.Has> has) {
        Map<String, ShardSet> held = Replicated.inSync(index, index.states().keySet());
        held.replaceAll((_, all) -> all.and(shards));
        held.keySet().stream()
                .filter(node -> !intent.targets().contains(node))
                .forEach(node -> has.put(node, Divergence.Has.NO));
        return held;
    }

    private void giveUp(
            IntentRow intent,
            long epoch,
            Map<String, ShardSet> held,
            Map<String, Divergence.Has> has) {
        LaneRun under = new LaneRun(intent.lane(), epoch);
        if (new Replicated(context.store())
                .putOutDiverging(intent.incarnation(), held, has, under)) {
            abandon(intent, epoch, "no replica in sync has it");
        }
    }

    /** The place under which the lost owner sent it. */
    static Place place(IntentRow intent) {
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
            LeftWrite.Bound bound,
            Details details,
            IndexEffect... effects)
            throws InterruptedException {
        Map<String, String> missed = new TreeMap<>();
        bound.out().keySet().forEach(node -> missed.put(node, NOT_SEEN));
        Details sent = details.sentAs(place(intent).metadata());
        Details kept =
                bound.lost().isEmpty()
                        ? sent
                        : sent.failing(LaneErrors.takenInPart(bound.lost()).toJson());
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
                                        kept.stored(),
                                        found,
                                        Accounts.numbers(bound.counted()),
                                        missed,
                                        Accounts.numbers(bound.out()),
                                        null,
                                        null,
                                        List.of(effects),
                                        null));
        if (reply.orThrow() instanceof Binding.StatesChanged) {
            throw LaneErrors.overloaded("Replicas went out while the lane changed hands.");
        }
        // What is read of the lane from here on must have its task.
        requireSeen(reply);
    }

    private void requireSeen(Reply<?> reply) throws InterruptedException {
        if (reply instanceof Reply.Applied<?> applied && !context.sees(applied)) {
            throw LaneErrors.lagging();
        }
    }

    /** What it is to become. */
    static TaskType type(IntentRow intent) {
        Operation operation =
                Operation.of(intent.kind())
                        .orElseThrow(() -> new IllegalStateException("intent " + intent.kind()));
        return switch (operation) {
            case DOCUMENTS_REPLACE, DOCUMENTS_UPDATE -> TaskType.DOCUMENT_ADDITION_OR_UPDATE;
            case DOCUMENT_DELETE, DOCUMENTS_DELETE, DOCUMENTS_DELETE_BY_FILTER, DOCUMENTS_CLEAR ->
                    TaskType.DOCUMENT_DELETION;
            case DOCUMENTS_EDIT -> TaskType.DOCUMENT_EDITION;
            case INDEX_CREATE -> TaskType.INDEX_CREATION;
            case INDEX_UPDATE -> TaskType.INDEX_UPDATE;
            case INDEX_DELETE -> TaskType.INDEX_DELETION;
            case INDEX_COMPACT -> TaskType.INDEX_COMPACTION;
            case INDEX_SWAP -> TaskType.INDEX_SWAP;
            case SETTINGS_UPDATE -> TaskType.SETTINGS_UPDATE;
        };
    }

    // The request is gone with its owner: what it asked for in numbers is known by nobody.
    private static Details details(TaskType type) {
        ObjectNode visible = Json.object();
        if (type == TaskType.DOCUMENT_DELETION || type == TaskType.DOCUMENT_EDITION) {
            visible.putNull("deletedDocuments");
        }
        if (type == TaskType.DOCUMENT_EDITION) {
            visible.putNull("editedDocuments");
        }
        return Details.of(visible);
    }

    /**
     * Tells all nodes to drop an index that is not in the catalogue; no other has its number. Those
     * that can't be told now are told by a job.
     */
    static void dropPhysical(LaneContext context, long incarnation) {
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
        Map<String, NodeReply> told = context.nodes().askAll(all);
        if (!context.nodes().ids().stream()
                .allMatch(node -> told.get(node) instanceof NodeReply.Answer)) {
            DropJobs.note(context.store(), incarnation, false);
        }
    }

    /** Whether anything waits to be resumed. */
    static boolean wanted(LaneContext context, String lane) {
        return !context.store().lanes().openIntents(ReadLevel.LOCAL, lane).isEmpty()
                || !context.store().tasks().unfinished(ReadLevel.LOCAL, lane).isEmpty();
    }
}
