package io.miroir.edge.shared;

import io.miroir.api.Json;
import io.miroir.api.keys.Action;
import io.miroir.api.webhooks.Webhook;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /webhooks}: who is told of tasks that ended. */
public final class WebhookRoutes {
    private static final String ALL = "/webhooks";
    private static final String ONE = "/webhooks/{uuid}";

    private final FrontDesk desk;
    private final Keeper keeper;
    private final Supplier<String> uuids;

    /** Where webhooks are kept. */
    public interface Keeper {
        /** All of them, by uuid. */
        List<Webhook> all();

        /** The one with that uuid. */
        Optional<Webhook> get(String uuid);

        /**
         * Keeps one, in the place of one with its uuid.
         *
         * @throws io.miroir.api.ApiException if there are as many as there may be
         */
        void put(Webhook webhook) throws InterruptedException;

        /** Answers whether there was such a webhook. */
        boolean delete(String uuid) throws InterruptedException;
    }

    /** Routes of the webhooks that are kept there. */
    public WebhookRoutes(FrontDesk desk, Keeper keeper, Supplier<String> uuids) {
        this.desk = desk;
        this.keeper = keeper;
        this.uuids = uuids;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(
                new Route("GET", ALL, this::list),
                new Route("POST", ALL, this::create),
                new Route("GET", ONE, this::get),
                new Route("PATCH", ONE, this::patch),
                new Route("DELETE", ONE, this::delete));
    }

    private Answer list(Request request) {
        desk.pass(request, Action.WEBHOOKS_GET);
        ObjectNode body = Json.object();
        ArrayNode results = body.putArray("results");
        keeper.all().forEach(webhook -> results.add(webhook.toJson()));
        return Answer.json(200, body);
    }

    private Answer create(Request request) throws IOException, InterruptedException {
        desk.pass(request, Action.WEBHOOKS_CREATE);
        Webhook webhook = Webhook.create(uuids.get(), desk.jsonBody(request));
        keeper.put(webhook);
        return Answer.json(201, webhook.toJson());
    }

    private Answer get(Request request) {
        desk.pass(request, Action.WEBHOOKS_GET);
        return Answer.json(200, named(Webhook.uuidInPath(request.path("uuid"))).toJson());
    }

    private Answer patch(Request request) throws IOException, InterruptedException {
        desk.pass(request, Action.WEBHOOKS_UPDATE);
        JsonNode body = desk.jsonBody(request);
        Webhook.checkBody(body);
        Webhook patched = named(Webhook.changeableUuid(request.path("uuid"))).patched(body);
        keeper.put(patched);
        return Answer.json(200, patched.toJson());
    }

    private Answer delete(Request request) throws InterruptedException {
        desk.pass(request, Action.WEBHOOKS_DELETE);
        String uuid = Webhook.changeableUuid(request.path("uuid"));
        if (!keeper.delete(uuid)) {
            throw Webhook.notFound(uuid);
        }
        return Answer.empty(204);
    }

    private Webhook named(String uuid) {
        return keeper.get(uuid).orElseThrow(() -> Webhook.notFound(uuid));
    }
}
