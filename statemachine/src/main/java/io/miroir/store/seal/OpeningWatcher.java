package io.miroir.store.seal;

import io.miroir.store.Change;
import io.miroir.store.Watcher;
import java.util.List;

/** Opens the rows in what a watcher is told, as reads do. */
public record OpeningWatcher(Watcher watcher, Seals seals) implements Watcher {
    @Override
    public void resync(long index) {
        watcher.resync(index);
    }

    @Override
    public void applied(long index, List<Change> changes) {
        watcher.applied(index, changes.stream().map(this::open).toList());
    }

    private Change open(Change change) {
        return change instanceof Change.IndexChanged index && index.row() != null
                ? new Change.IndexChanged(index.uid(), index.row().opened(seals))
                : change;
    }
}
