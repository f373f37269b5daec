package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.capability.partitioned.repair.LossAcceptance;
import io.miroir.capability.partitioned.repair.LossAcceptance.Holding;
import io.miroir.cluster.lease.Reports;
import io.miroir.cluster.peer.PassedAnswer;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.lane.LaneErrands;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** Accepts a loss, or tells what it would be, at the pod that runs the index's lane. */
public final class LossErrand implements LaneErrands.Errand {
    /** Its name among what pods pass on. */
    public static final String OPERATION = "accept_loss";

    static final String NODE = "node";
    static final String DRY_RUN = "dry_run";

    private final LossAcceptance losses;
    private final Reports reports;

    /** Tells of a loss when all pods go by it. */
    public LossErrand(LossAcceptance losses, Reports reports) {
        this.losses = losses;
        this.reports = reports;
    }

    @Override
    public PassedAnswer run(String index, Map<String, String> parameters)
            throws InterruptedException {
        String node = parameters.getOrDefault(NODE, "");
        boolean dryRun = Boolean.parseBoolean(parameters.get(DRY_RUN));
        try {
            LossAcceptance.Report report =
                    dryRun ? losses.look(index, node) : losses.accept(index, node);
            if (!dryRun) {
                reports.awaitTold();
            }
            ObjectNode told = tell(report).put("index", index).put(DRY_RUN, dryRun);
            return new PassedAnswer(200, Map.of(), Json.text(told));
        } catch (CopyFailedException refused) {
            throw new ApiException(
                    ErrorCode.MIROIR_TOPOLOGY_REFUSED,
                    "The loss is not accepted: " + refused.getMessage() + ".");
        }
    }

    private static ObjectNode tell(LossAcceptance.Report report) {
        ObjectNode body = Json.object();
        put(body.putObject("kept"), report.kept());
        ObjectNode others = body.putObject("given_up");
        report.others()
                .forEach(
                        (node, holding) -> {
                            ObjectNode one = others.putObject(node);
                            put(one, holding);
                            put(
                                    one,
                                    "in_sync",
                                    report.plan().givenUp().getOrDefault(node, ShardSet.none()));
                        });
        return body;
    }

    private static void put(ObjectNode one, Holding holding) {
        put(one, "shards", holding.shards());
        one.put("documents", holding.documents());
        one.put("newest_write", holding.newest());
    }

    private static void put(ObjectNode one, String name, ShardSet shards) {
        shards.stream().forEach(one.putArray(name)::add);
    }
}
