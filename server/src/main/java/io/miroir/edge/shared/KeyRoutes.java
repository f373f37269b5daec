package io.miroir.edge.shared;

import io.miroir.api.keys.Action;
import io.miroir.api.keys.KeyDesk;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import java.util.List;

/** {@code /keys}: what clients may do. */
public final class KeyRoutes {
    private final FrontDesk desk;
    private final KeyDesk keys;

    /** Routes of the keys that {@code keys} looks after. */
    public KeyRoutes(FrontDesk desk, KeyDesk keys) {
        this.desk = desk;
        this.keys = keys;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(
                new Route("GET", "/keys", this::list),
                new Route("POST", "/keys", this::create),
                new Route("GET", "/keys/{key}", this::get),
                new Route("PATCH", "/keys/{key}", this::patch),
                new Route("DELETE", "/keys/{key}", this::delete));
    }

    private Answer list(Request request) {
        desk.pass(request, Action.KEYS_GET);
        return Answer.json(200, keys.list(request.query()));
    }

    private Answer create(Request request) throws Exception {
        desk.pass(request, Action.KEYS_ADD);
        return Answer.json(201, keys.create(desk.jsonBody(request)));
    }

    private Answer get(Request request) {
        desk.pass(request, Action.KEYS_GET);
        return Answer.json(200, keys.get(request.path("key")));
    }

    private Answer patch(Request request) throws Exception {
        desk.pass(request, Action.KEYS_UPDATE);
        return Answer.json(200, keys.patch(request.path("key"), desk.jsonBody(request)));
    }

    private Answer delete(Request request) throws Exception {
        desk.pass(request, Action.KEYS_DELETE);
        keys.delete(request.path("key"));
        return Answer.empty(204);
    }
}
