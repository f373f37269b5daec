package io.miroir.edge;

import io.miroir.api.ErrorCode;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import io.miroir.cluster.peer.PassedAnswer;
import io.miroir.cluster.peer.PassedWrite;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.JsonBody;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.fanout.lane.LaneErrands;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * {@code POST /_miroir/shards/accept-loss}: shards whose copies in sync are gone for ever are taken
 * from what another node has (protocol, rule 18).
 */
final class ShardLossRoute {
    private static final long BODY_BYTES_MAX = 64 << 10;
    private static final String INDEX = "index";
    private static final Shape SHAPE =
            Shape.of(
                    Shape.required(
                            INDEX, ErrorCode.BAD_REQUEST, Check.INDEX_UID, ErrorCode.BAD_REQUEST),
                    Shape.required(
                            LossErrand.NODE,
                            ErrorCode.BAD_REQUEST,
                            Check.STRING,
                            ErrorCode.BAD_REQUEST),
                    Shape.optional(LossErrand.DRY_RUN, ErrorCode.BAD_REQUEST, Check.BOOLEAN));

    private final Auth auth;
    private final LaneErrands errands;

    ShardLossRoute(Auth auth, LaneErrands errands) {
        this.auth = auth;
        this.errands = errands;
    }

    Route route() {
        return new Route("POST", "/_miroir/shards/accept-loss", this::accept);
    }

    private Answer accept(Request request) throws IOException, InterruptedException {
        auth.admin(request);
        JsonNode body = JsonBody.read(request, BODY_BYTES_MAX);
        SHAPE.check(StrictValue.body(body));
        PassedAnswer answer =
                errands.run(
                        new PassedWrite(
                                body.path(INDEX).asString(),
                                LossErrand.OPERATION,
                                Map.of(
                                        LossErrand.NODE,
                                        body.path(LossErrand.NODE).asString(),
                                        LossErrand.DRY_RUN,
                                        Boolean.toString(
                                                body.path(LossErrand.DRY_RUN).asBoolean(false)))));
        return Answer.passed(answer.status(), answer.body().getBytes(StandardCharsets.UTF_8));
    }
}
