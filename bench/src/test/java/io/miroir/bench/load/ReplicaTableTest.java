package io.miroir.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.bench.load.ReplicaTable.Replica;
import io.miroir.core.topology.Topology;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Replicas that came, and those that are not where they are to be. */
class ReplicaTableTest {
    private static final Topology TWO = new Topology(8, 1, List.of(List.of("node-0", "node-1")));
    private static final Topology THREE =
            new Topology(8, 1, List.of(List.of("node-0", "node-1", "node-2")));

    @Test
    void aLayoutThatIsThereHasNoStrays() {
        assertEquals(0, of(TWO).strayFrom(TWO));
        assertEquals(THREE.shardsOf("node-2").size(), of(THREE).newSince(of(TWO)));
        assertEquals(0, of(TWO).newSince(of(TWO)));
    }

    @Test
    void whatIsMissingTooManyOrNotInSyncIsAStray() {
        ReplicaTable table = of(TWO);
        Replica gone = table.inSync().iterator().next();
        table.inSync().remove(gone);
        assertEquals(1, table.strayFrom(TWO));
        // It is there and not in sync: still one.
        table.others().add(gone);
        assertEquals(1, table.strayFrom(TWO));
        table.inSync().add(new Replica(0, "node-2"));
        assertEquals(2, table.strayFrom(TWO));
    }

    private static ReplicaTable of(Topology layout) {
        Set<Replica> inSync = new HashSet<>();
        for (int shard = 0; shard < layout.shards(); shard++) {
            for (String node : layout.writeTargets(shard)) {
                inSync.add(new Replica(shard, node));
            }
        }
        return new ReplicaTable("m1", inSync, new HashSet<>());
    }
}
