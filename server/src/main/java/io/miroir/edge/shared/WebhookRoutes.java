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
import java.util.function.UnaryOperator;
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
         * Keeps a new one.
         *
         * @throws io.miroir.api.ApiException if there are as many as there may be
         */
        void make(Webhook webhook) throws InterruptedException;

        /** Changes one, and gives it as it is kept; empty if there is none. */
        Optional<Webhook> change(String uuid, UnaryOperator<Webhook> change)
                throws InterruptedException;

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
        keeper.make(webhook);
        return Answer.json(201, webhook.toJson());
    }

    private Answer get(Request request) {
        desk.pass(request, Action.WEBHOOKS_GET);
        String uuid = Webhook.uuidInPath(request.path("uuid"));
        return Answer.json(200, existing(uuid, keeper.get(uuid)).toJson());
    }

    private Answer patch(Request request) throws IOException, InterruptedException {
        desk.pass(request, Action.WEBHOOKS_UPDATE);
        JsonNode body = desk.jsonBody(request);
        Webhook.checkBody(body);
        String uuid = Webhook.changeableUuid(request.path("uuid"));
        Optional<Webhook> patched = keeper.change(uuid, webhook -> webhook.patched(body));
        return Answer.json(200, existing(uuid, patched).toJson());
    }

    private Answer delete(Request request) throws InterruptedException {
        desk.pass(request, Action.WEBHOOKS_DELETE);
        String uuid = Webhook.changeableUuid(request.path("uuid"));
        if (!keeper.delete(uuid)) {
            throw Webhook.notFound(uuid);
        }
        return Answer.empty(204);
    }

    private static Webhook existing(String uuid, Optional<Webhook> webhook) {
        return webhook.orElseThrow(() -> Webhook.notFound(uuid));
    }
}
