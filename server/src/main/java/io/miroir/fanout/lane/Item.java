package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.spool.Spooled;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.task.TaskType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One wholly validated change of an index, ready to be sent.
 *
 * @param type of its task
 * @param details of its task
 * @param scope which replicas it changes
 * @param steps what to send
 * @param effects what its bind does to the catalogue
 * @param resources freed when the item is done
 */
record Item(
        TaskType type,
        Details details,
        Scope scope,
        Steps steps,
        Effects effects,
        List<Spooled> resources)
        implements AutoCloseable {

    /** What to send to a node. */
    @FunctionalInterface
    interface Steps {
        /** The requests in their order; the task of the last one stands for all. */
        List<Step> of(String nodeId, Place place);

        /** Nothing to send to anybody. */
        static Steps none() {
            return (_, _) -> List.of();
        }
    }

    /**
     * One request.
     *
     * @param mark what its task will carry; null if it can carry none
     */
    record Step(NodeRequest request, @Nullable Mark mark) {}

    /** What a bind does to the catalogue. */
    @FunctionalInterface
    interface Effects {
        /** The effects, with the replicas that the bind marks out. */
        List<IndexEffect> of(Place place, Map<String, ShardSet> out);

        /** Nothing. */
        static Effects none() {
            return (_, _) -> List.of();
        }
    }

    /** An item that reaches no node: its task has failed before it began. */
    static Item failed(TaskType type, Details details, Scope scope, ApiException fault) {
        return new Item(
                type,
                details.failing(fault.toJson()),
                scope,
                Steps.none(),
                Effects.none(),
                List.of());
    }

    /** The same change, whose bind does this to the catalogue. */
    Item doing(Effects instead) {
        return new Item(type, details, scope, steps, instead, resources);
    }

    /** The same change, in a request that holds others' as well. */
    Item counting(long documents) {
        return new Item(type, details.counting(documents), scope, steps, effects, resources);
    }

    /** True if no node is sent anything. */
    boolean isLocal() {
        return scope.shards().isEmpty();
    }

    /** False for an item of several indexes, whose task shows none. */
    boolean isOfOneIndex() {
        return type != TaskType.INDEX_SWAP;
    }

    /** Whether replicas that take it, and those that don't, are the same afterwards. */
    boolean changesNoReplica() {
        return type == TaskType.INDEX_COMPACTION;
    }

    /** The same change, of fewer replicas; this one is still to be closed. */
    Item within(Scope fewer) {
        return new Item(type, details, fewer, steps, effects, resources);
    }

    @Override
    public void close() {
        resources.forEach(Spooled::close);
    }
}
