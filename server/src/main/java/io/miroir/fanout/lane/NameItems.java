package io.miroir.fanout.lane;

import io.miroir.api.IndexUid;
import io.miroir.api.indexes.IndexSwaps;
import io.miroir.api.indexes.Swap;
import io.miroir.cluster.IndexView;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.lane.Intend;
import io.miroir.store.task.TaskType;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes items that move names of indexes. Their tasks are barriers in the lanes of all these names;
 * what comes of them is decided when all that is before them has ended ({@link NameMoves}).
 */
final class NameItems {
    private final LaneContext context;
    private final IndexItems indexes;

    NameItems(LaneContext context, IndexItems indexes) {
        this.context = context;
        this.indexes = indexes;
    }

    /**
     * Names that are exchanged: nodes know none of them.
     *
     * @param index of the lane's name
     */
    Item swap(Optional<IndexView> index, List<Swap> swaps) {
        return new Item(
                TaskType.INDEX_SWAP,
                Details.of(IndexSwaps.details(swaps)),
                Scope.nothing(
                        context.fleet().topology(context.fleet().shards()),
                        index.map(view -> view.row().incarnation()).orElse(Intend.ALLOT)),
                Item.Steps.none(),
                barrier(IndexSwaps.names(swaps)),
                List.of());
    }

    /** Another name, and perhaps another primary key, which nodes are asked for at once. */
    Item rename(WriteRequest request, Optional<IndexView> index) {
        String uid = request.indexUid();
        String newUid = Objects.requireNonNull(request.parameter(WriteRequest.NEW_UID));
        String key = request.parameter(WriteRequest.PRIMARY_KEY);
        ObjectNode visible = IndexItems.keyDetails(key).visible();
        visible.put("oldIndexUid", uid);
        visible.put("newIndexUid", newUid);
        Details details = Details.of(visible);
        if (index.isEmpty() || newUid.equals(uid)) {
            return indexes.update(request, index, details);
        }
        if (key != null && context.view().index(newUid).isPresent()) {
            // Nodes would take the key, and the rename would fail.
            return Item.failed(
                    TaskType.INDEX_UPDATE,
                    details,
                    Scope.nothing(index.get().topology(), index.get().row().incarnation()),
                    IndexUid.alreadyExists(newUid));
        }
        return indexes.update(request, index, details).doing(barrier(List.of(uid, newUid)));
    }

    private static Item.Effects barrier(List<String> names) {
        return (_, _) -> List.of(new IndexEffect.Barrier(names));
    }
}
