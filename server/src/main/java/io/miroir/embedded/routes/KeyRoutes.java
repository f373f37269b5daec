package io.miroir.embedded.routes;

import io.miroir.api.ErrorCode;
import io.miroir.api.keys.Action;
import io.miroir.api.keys.ApiKey;
import io.miroir.api.keys.KeyRequests;
import io.miroir.api.keys.MasterKey;
import io.miroir.api.strict.Shape;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.JsonBody;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.embedded.store.Change;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Routes of API keys. */
public final class KeyRoutes {
    private static final Shape LIST =
            Paging.shape(ErrorCode.INVALID_API_KEY_OFFSET, ErrorCode.INVALID_API_KEY_LIMIT);

    private final Desk desk;
    private final @Nullable MasterKey master;
    private final NodeKeys keys;

    /** Routes that work with this desk. */
    public KeyRoutes(Desk desk, @Nullable MasterKey master, NodeKeys keys) {
        this.desk = desk;
        this.master = master;
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
        Paging paging = Paging.of(LIST, request.query());
        List<ApiKey> newestFirst =
                desk.state().keys().values().stream()
                        .sorted(
                                Comparator.comparing(ApiKey::createdAt)
                                        .reversed()
                                        .thenComparing(ApiKey::uid))
                        .toList();
        return Answer.json(200, paging.page(newestFirst, this::shown));
    }

    private Answer create(Request request) throws IOException {
        desk.pass(request, Action.KEYS_ADD);
        ApiKey key = KeyRequests.create(JsonBody.read(request), now(), desk.ids()::random);
        if (keys.byUid(key.uid()) != null) {
            throw KeyRequests.alreadyExists(key.uid());
        }
        desk.state().commit(List.of(new Change.PutKey(key)));
        return Answer.json(201, shown(key));
    }

    private Answer get(Request request) {
        desk.pass(request, Action.KEYS_GET);
        return Answer.json(200, shown(named(request)));
    }

    private Answer patch(Request request) throws IOException {
        desk.pass(request, Action.KEYS_UPDATE);
        var body = JsonBody.read(request);
        ApiKey patched = KeyRequests.patch(named(request), body, now());
        desk.state().commit(List.of(new Change.PutKey(patched)));
        return Answer.json(200, shown(patched));
    }

    private Answer delete(Request request) {
        desk.pass(request, Action.KEYS_DELETE);
        desk.state().commit(List.of(new Change.DropKey(named(request).uid())));
        return Answer.empty(204);
    }

    /** The key in a path, by its uid or its value. */
    private ApiKey named(Request request) {
        String name = request.path("key");
        ApiKey key = keys.byUid(name);
        key = key == null ? keys.byValue(name) : key;
        if (key == null) {
            throw KeyRequests.notFound(name);
        }
        return key;
    }

    private ObjectNode shown(ApiKey key) {
        // Without a master key no key has a value, and none gets here.
        return key.toJson(master == null ? "" : master.valueOf(key.uid()));
    }

    private Instant now() {
        return desk.clock().instant().truncatedTo(ChronoUnit.MICROS);
    }
}
