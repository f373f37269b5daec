package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import io.miroir.capability.partitioned.repair.LossAcceptance;
import io.miroir.capability.partitioned.repair.LossAcceptance.Holding;
import io.miroir.cluster.lease.Reports;
import io.miroir.core.topology.ShardSet;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.JsonBody;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.fanout.copy.CopyFailedException;
import java.io.IOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code POST /_miroir/shards/accept-loss}: shards whose copies in sync are gone for ever are taken
 * from what another node has (protocol, rule 18).
 */
final class ShardLossRoute {
    private static final long BODY_BYTES_MAX = 64 << 10;
    private static final String INDEX = "index";
    private static final String NODE = "node";
    private static final String DRY_RUN = "dry_run";
    private static final Shape SHAPE =
            Shape.of(
                    Shape.required(
                            INDEX, ErrorCode.BAD_REQUEST, Check.INDEX_UID, ErrorCode.BAD_REQUEST),
                    Shape.required(
                            NODE, ErrorCode.BAD_REQUEST, Check.STRING, ErrorCode.BAD_REQUEST),
                    Shape.optional(DRY_RUN, ErrorCode.BAD_REQUEST, Check.BOOLEAN));

    private final Auth auth;
    private final LossAcceptance losses;
    private final Reports reports;

    ShardLossRoute(Auth auth, LossAcceptance losses, Reports reports) {
        this.auth = auth;
        this.losses = losses;
        this.reports = reports;
    }

    Route route() {
        return new Route("POST", "/_miroir/shards/accept-loss", this::accept);
    }

    private Answer accept(Request request) throws IOException, InterruptedException {
        auth.admin(request);
        JsonNode body = JsonBody.read(request, BODY_BYTES_MAX);
        SHAPE.check(StrictValue.body(body));
        boolean dryRun = body.path(DRY_RUN).asBoolean(false);
        String index = body.path(INDEX).asString();
        String node = body.path(NODE).asString();
        try {
            LossAcceptance.Report report =
                    dryRun ? losses.look(index, node) : losses.accept(index, node);
            if (!dryRun) {
                reports.awaitTold();
            }
            return Answer.json(200, tell(report).put(INDEX, index).put(DRY_RUN, dryRun));
        } catch (CopyFailedException refused) {
            throw new ApiException(
                    ErrorCode.MIROIR_TOPOLOGY_REFUSED,
                    "Nothing is given up: " + refused.getMessage() + ".");
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
