package io.miroir.cluster;

import io.miroir.api.rules.RuleList;
import io.miroir.store.Change;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.Rooms;
import io.miroir.store.clientobject.ClientObjectRow;
import io.miroir.store.clientobject.ClientObjects;

/**
 * The dynamic search rules of clients, in the task store: one object, so that no change is lost.
 */
public final class StoredRules {
    private static final String NAME = "dynamicSearchRules";

    /** What watchers of the store are told of a change. */
    static final Change.RowChanged CHANGED = new Change.RowChanged(ClientObjects.TABLE, NAME);

    private final ClientObjects objects;

    /** Those of a store. */
    public StoredRules(Rooms rooms) {
        this.objects = rooms.clientObjects();
    }

    /**
     * The rules as they were read.
     *
     * @param updatedAt when they were last changed; 0 if they never were
     */
    public record Read(RuleList rules, long updatedAt) {}

    /** The rules as this pod knows them. */
    public RuleList now() {
        return read(ReadLevel.LOCAL).rules;
    }

    /** The rules, to be changed. */
    public Read read(ReadLevel level) {
        return objects.get(level, NAME)
                .map(row -> new Read(RuleList.parse(row.json()), row.updatedAt()))
                .orElseGet(() -> new Read(RuleList.EMPTY, 0));
    }

    /** Puts others in the place of those that were read; answers whether they were still there. */
    public Reply<Boolean> replace(Read read, RuleList next) {
        return objects.replace(new ClientObjectRow(NAME, next.stored(), 0, read.updatedAt));
    }
}
