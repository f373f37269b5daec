package io.miroir.edge;

import io.miroir.capability.partitioned.antientropy.AntiEntropyReport;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import java.util.List;

/** {@code /_miroir/anti-entropy}: how replicas compare. */
final class AntiEntropyRoutes {
    private final Auth auth;
    private final AntiEntropyReport report;

    AntiEntropyRoutes(Auth auth, AntiEntropyReport report) {
        this.auth = auth;
        this.report = report;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/_miroir/anti-entropy", this::show),
                new Route("POST", "/_miroir/anti-entropy", this::begin));
    }

    private Answer show(Request request) {
        auth.admin(request);
        return Answer.json(200, report.all());
    }

    private Answer begin(Request request) {
        auth.admin(request);
        report.begin();
        return Answer.json(202, report.all());
    }
}
