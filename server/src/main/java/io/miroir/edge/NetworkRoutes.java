package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Uuids;
import io.miroir.api.features.Feature;
import io.miroir.api.keys.Action;
import io.miroir.api.network.Network;
import io.miroir.api.network.NetworkControl;
import io.miroir.api.network.NetworkRequest;
import io.miroir.cluster.StoredNetwork;
import io.miroir.cluster.SwitchedFeatures;
import io.miroir.cluster.lease.Reports;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.fanout.lane.TaskRoom;
import io.miroir.store.ReadLevel;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * {@code /network}: kept for clients as they tell it. What a cluster is made of is not in it, and
 * no search is forwarded to the instances that are.
 */
final class NetworkRoutes {
    private static final String USE = "Using the /network route";

    private final RequestPath path;
    private final SwitchedFeatures switched;
    private final StoredNetwork stored;
    private final Reports reports;
    private final Uuids uuids;

    NetworkRoutes(
            RequestPath path,
            SwitchedFeatures switched,
            StoredNetwork stored,
            Reports reports,
            Uuids uuids) {
        this.path = path;
        this.switched = switched;
        this.stored = stored;
        this.reports = reports;
        this.uuids = uuids;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/network", this::show),
                new Route("PATCH", "/network", this::change),
                new Route("POST", "/network/control", this::control));
    }

    private Answer show(Request request) {
        path.pass(request, Action.NETWORK_GET);
        switched.now().require(Feature.NETWORK, USE);
        return Answer.json(200, stored.now().shown());
    }

    private Answer change(Request request) throws IOException, InterruptedException {
        path.pass(request, Action.NETWORK_UPDATE);
        NetworkRequest asked = NetworkRequest.fromBody(path.jsonBody(request));
        switched.now().require(Feature.NETWORK, USE);
        Network changed =
                ComparedChange.make(
                                () -> Optional.of(stored.read(ReadLevel.LINEARIZABLE)),
                                read -> {
                                    Network next = read.network().patched(asked, uuids.timed());
                                    TaskRoom.require(next.json());
                                    return reports.told(stored.replace(read, next))
                                            ? Optional.of(next)
                                            : Optional.empty();
                                })
                        .orElseThrow();
        return Answer.json(200, changed.shown());
    }

    private Answer control(Request request) throws IOException {
        path.pass(request, Action.NETWORK_UPDATE);
        NetworkControl.check(path.jsonBody(request));
        switched.now().require(Feature.NETWORK, "Using the /network/control route");
        throw new ApiException(
                ErrorCode.REQUIRES_ENTERPRISE_EDITION,
                "Meilisearch Enterprise Edition is required to call this route");
    }
}
