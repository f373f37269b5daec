package io.miroir.edge;

import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import io.miroir.cluster.NodeAddresses;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.JsonBody;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * {@code PUT /_miroir/nodes/{id}/address}: where a node is from now on. When that is answered all
 * pods ask it there, and use it as soon as it has shown that it is the node (protocol, rule 15).
 */
final class NodeAddressRoute {
    private static final long BODY_BYTES_MAX = 64 << 10;
    private static final String ADDRESS = "address";

    private static final Shape SHAPE =
            Shape.of(
                    Shape.required(
                            ADDRESS, ErrorCode.BAD_REQUEST, address(), ErrorCode.BAD_REQUEST));

    private final Auth auth;
    private final TopologyChanges changes;

    NodeAddressRoute(Auth auth, TopologyChanges changes) {
        this.auth = auth;
        this.changes = changes;
    }

    Route route() {
        return new Route("PUT", "/_miroir/nodes/{id}/address", this::move);
    }

    private Answer move(Request request) throws IOException, InterruptedException {
        auth.admin(request);
        JsonNode body = JsonBody.read(request, BODY_BYTES_MAX);
        SHAPE.check(StrictValue.body(body));
        String told = body.path(ADDRESS).asString();
        URI address = Objects.requireNonNull(NodeAddresses.parse(told));
        String node = request.path("id");
        changes.move(node, address);
        return Answer.json(200, Json.object().put("id", node).put(ADDRESS, told));
    }

    /** A text that says where a node is. */
    static Check address() {
        return value -> {
            if (NodeAddresses.parse(value.string()) == null) {
                throw value.invalid("a node's address is as `http://10.0.0.7:7700`");
            }
        };
    }
}
