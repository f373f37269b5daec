package io.miroir.cluster;

import io.miroir.api.Json;
import io.miroir.cluster.identity.KnownLives;
import io.miroir.duty.LeaderDuty;
import io.miroir.store.ReadLevel;
import io.miroir.store.Rooms;
import io.miroir.store.topology.TopologyRow;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the shape of the fleet into the task store where there is none yet, and says so when a
 * pod's configuration is another than the one that the cluster began with.
 */
public final class TopologyRecorder implements LeaderDuty {
    private static final Logger LOG = LoggerFactory.getLogger(TopologyRecorder.class);
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final String json;

    /** Records that fleet. */
    public TopologyRecorder(Fleet fleet) {
        this.json = describe(fleet);
    }

    @Override
    public String name() {
        return "topology-recorder";
    }

    @Override
    public Duration pause() {
        return PAUSE;
    }

    @Override
    public void step(Rooms fenced) {
        Optional<TopologyRow> row = fenced.topology().get(ReadLevel.LOCAL);
        if (row.isEmpty()) {
            fenced.topology().replace(json, 0).orThrow();
        } else if (!KnownLives.shapeOf(row.get().json()).equals(json)) {
            LOG.warn(
                    "the nodes of this configuration ({}) are not those of the cluster ({})",
                    json,
                    row.get().json());
        }
    }

    private static String describe(Fleet fleet) {
        ObjectNode shape = Json.object();
        shape.put("shards", fleet.shards());
        shape.put("replication_factor", fleet.replicationFactor());
        ArrayNode groups = shape.putArray("groups");
        fleet.groups().forEach(nodes -> nodes.forEach(groups.addArray()::add));
        return Json.text(shape);
    }
}
