package io.miroir.embedded.routes;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.export.ExportRequest;
import io.miroir.api.features.Feature;
import io.miroir.api.keys.Action;
import io.miroir.api.network.Network;
import io.miroir.api.network.NetworkRequest;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.JsonBody;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import java.io.IOException;
import java.util.List;

/**
 * Routes of what this node does not have: network, export, dumps, snapshots. A malformed request is
 * told what is wrong with it; a good one is refused.
 */
public final class RefusedRoutes {
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

    private Answer network(Request request) {
        desk.pass(request, Action.NETWORK_GET);
        checkNetworkIsOn();
        return Answer.json(200, Network.NOBODY.json());
    }

    private Answer changeNetwork(Request request) throws IOException {
        desk.pass(request, Action.NETWORK_UPDATE);
        NetworkRequest asked = NetworkRequest.fromBody(JsonBody.read(request));
        checkNetworkIsOn();
        Network next = Network.NOBODY.patched(asked, Network.NOBODY.version());
        if (!next.equals(Network.NOBODY)) {
            throw absent("network");
        }
        return Answer.json(200, Network.NOBODY.json());
    }

    private void checkNetworkIsOn() {
        desk.features().require(Feature.NETWORK, "Using the /network route");
    }

    private Answer export(Request request) throws IOException {
        desk.pass(request, Action.EXPORT);
        ExportRequest _ = ExportRequest.of(JsonBody.read(request));
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
