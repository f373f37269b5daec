package io.miroir.fanout.read;

import io.miroir.cluster.ClusterView;
import io.miroir.cluster.IndexView;
import java.util.Optional;

/**
 * Indexes by what they are, whatever they are called now: names may move while one is read.
 *
 * @param view what this pod knows
 */
public record KnownIndexes(ClusterView view) {

    /** The index of that incarnation; empty if it is gone. */
    public Optional<IndexView> of(long incarnation) {
        return view.indexes().stream()
                .filter(index -> index.row().incarnation() == incarnation)
                .findFirst();
    }

    /** The index as it is known now, or as it was if it is gone: replicas may leave a node. */
    public IndexView asNow(IndexView index) {
        long incarnation = index.row().incarnation();
        return view.index(index.row().uid())
                .filter(now -> now.row().incarnation() == incarnation)
                .or(() -> of(incarnation))
                .orElse(index);
    }
}
