package io.miroir.store.topology;

import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.ReplaceTopology;
import io.miroir.store.Change;
import io.miroir.store.engine.Outcomes;
import io.miroir.store.engine.Write;

/** Writes the topology. */
public final class TopologyApplier {
    private TopologyApplier() {}

    /** The topology's version while a command is applied; 0 before the first. */
    public static long version(Write write) {
        return TopologyReads.get(write.sql()).map(TopologyRow::version).orElse(0L);
    }

    public static Outcome replace(Write write, ReplaceTopology command) {
        long version = version(write);
        if (version != command.getExpectedVersion()) {
            return Outcomes.changed(version);
        }
        TopologyRow row = new TopologyRow(version + 1, command.getJson(), write.now());
        write.sql()
                .update(
                        "INSERT OR REPLACE INTO topology (id, version, json, updated_at)"
                                + " VALUES (1, ?, ?, ?)",
                        row.version(),
                        row.json(),
                        row.updatedAt());
        write.changed(new Change.TopologyChanged(row));
        return Outcomes.version(row.version());
    }
}
