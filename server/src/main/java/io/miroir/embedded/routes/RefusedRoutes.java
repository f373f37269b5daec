package io.miroir.embedded.routes;

import static io.miroir.api.strict.Shape.notNull;
import static io.miroir.api.strict.Shape.optional;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.keys.Action;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.JsonBody;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Routes of what this node does not have: network, export, dumps, snapshots. A malformed request is
 * told what is wrong with it; a good one is refused.
 */
public final class RefusedRoutes {
    private static final String NO_VERSION = "00000000-0000-0000-0000-000000000000";

    private static final Shape REMOTE =
            Shape.of(
                    (object, key, accepted) ->
                            object.withCode(ErrorCode.INVALID_NETWORK_REMOTES)
                                    .unknownField(key, accepted),
                    optional("url", ErrorCode.INVALID_NETWORK_URL, Check.STRING),
                    optional(
                            "searchApiKey", ErrorCode.INVALID_NETWORK_SEARCH_API_KEY, Check.STRING),
                    optional("writeApiKey", ErrorCode.INVALID_NETWORK_WRITE_API_KEY, Check.STRING));

    private static final Shape SHARD =
            Shape.of(
                    (object, key, accepted) ->
                            object.withCode(ErrorCode.INVALID_NETWORK_SHARDS)
                                    .unknownField(key, accepted),
                    optional("remotes", ErrorCode.INVALID_NETWORK_REMOTES, Check.STRINGS),
                    optional("addRemotes", ErrorCode.INVALID_NETWORK_REMOTES, Check.STRINGS),
                    optional("removeRemotes", ErrorCode.INVALID_NETWORK_REMOTES, Check.STRINGS));

    private static final Shape NETWORK =
            Shape.of(
                    optional("remotes", ErrorCode.INVALID_NETWORK_REMOTES, mapOf(REMOTE)),
                    optional("shards", ErrorCode.INVALID_NETWORK_SHARDS, mapOf(SHARD)),
                    optional("previousShards", ErrorCode.INVALID_NETWORK_SHARDS, mapOf(SHARD)),
                    optional("self", ErrorCode.INVALID_NETWORK_SELF, Check.STRING),
                    optional("leader", ErrorCode.INVALID_NETWORK_LEADER, Check.STRING),
                    optional("previousRemotes", ErrorCode.INVALID_NETWORK_REMOTES, mapOf(REMOTE)));

    private static final Shape EXPORTED_INDEX =
            Shape.of(
                    optional("filter", ErrorCode.INVALID_EXPORT_INDEX_FILTER, Check.ANY),
                    notNull(
                            "overrideSettings",
                            ErrorCode.INVALID_EXPORT_INDEX_OVERRIDE_SETTINGS,
                            Check.BOOLEAN));

    private static final Shape EXPORT =
            Shape.of(
                    notNull("url", ErrorCode.INVALID_EXPORT_URL, Check.STRING),
                    optional("apiKey", ErrorCode.INVALID_EXPORT_API_KEY, Check.STRING),
                    optional("payloadSize", ErrorCode.INVALID_EXPORT_PAYLOAD_SIZE, Check.ANY),
                    optional("indexes", ErrorCode.BAD_REQUEST, Check.mapOf(EXPORTED_INDEX)));

    private final Desk desk;

    /** Routes that work with this desk. */
    public RefusedRoutes(Desk desk) {
        this.desk = desk;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(
                new Route("GET", "/network", this::network),
                new Route("PATCH", "/network", this::changeNetwork),
                new Route("POST", "/export", this::export),
                new Route("POST", "/dumps", request -> refuse(request, Action.DUMPS_CREATE)),
                new Route(
                        "POST", "/snapshots", request -> refuse(request, Action.SNAPSHOTS_CREATE)));
    }

    private static Check mapOf(Shape shape) {
        return Check.mapOf(shape.orNull());
    }

    private Answer network(Request request) {
        desk.pass(request, Action.NETWORK_GET);
        checkNetworkIsOn();
        return noNetwork();
    }

    private Answer changeNetwork(Request request) throws IOException {
        desk.pass(request, Action.NETWORK_UPDATE);
        checkNetworkIsOn();
        JsonNode body = JsonBody.read(request);
        NETWORK.check(StrictValue.body(body));
        if (body.hasNonNull("leader")) {
            throw new ApiException(
                    ErrorCode.REQUIRES_ENTERPRISE_EDITION,
                    "Meilisearch Enterprise Edition is required to set `network.leader`");
        }
        if (body.has("previousRemotes")) {
            throw new ApiException(
                    ErrorCode.UNEXPECTED_NETWORK_PREVIOUS_REMOTES,
                    "Unexpected `previousRemotes` in network call.\n"
                            + "  - Note: `previousRemote` is reserved for internal use.");
        }
        // What leaves the network as it is, without members, is done.
        if (body.valueStream().allMatch(value -> value.isNull() || value.isEmpty())
                && !body.path("self").isString()) {
            return noNetwork();
        }
        throw absent("network");
    }

    private void checkNetworkIsOn() {
        if (!Features.isOn(desk.state(), "network")) {
            throw Features.off(
                    "Using the /network route", "network", "orgs/meilisearch/discussions/805");
        }
    }

    private static Answer noNetwork() {
        var json = Json.object().putNull("self");
        json.putObject("remotes");
        json.putObject("shards");
        return Answer.json(200, json.putNull("leader").put("version", NO_VERSION));
    }

    private Answer export(Request request) throws IOException {
        desk.pass(request, Action.EXPORT);
        EXPORT.check(StrictValue.body(JsonBody.read(request)));
        throw absent("export");
    }

    private Answer refuse(Request request, Action action) {
        desk.pass(request, action);
        throw absent(action == Action.DUMPS_CREATE ? "dumps" : "snapshots");
    }

    private static ApiException absent(String what) {
        return new ApiException(
                ErrorCode.MIROIR_NOT_IMPLEMENTED, "The embedded Miroir node has no " + what + ".");
    }
}
