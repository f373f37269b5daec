package io.miroir.embedded.routes;

import io.miroir.api.Json;
import io.miroir.api.keys.Action;
import io.miroir.api.webhooks.Webhook;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.JsonBody;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.embedded.store.Change;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Routes of webhooks. */
public final class WebhookRoutes {
    private final Desk desk;

    /** Routes that work with this desk. */
    public WebhookRoutes(Desk desk) {
        this.desk = desk;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(
                new Route("GET", "/webhooks", this::list),
                new Route("POST", "/webhooks", this::create),
                new Route("GET", "/webhooks/{uuid}", this::get),
                new Route("PATCH", "/webhooks/{uuid}", this::patch),
                new Route("DELETE", "/webhooks/{uuid}", this::delete));
    }

    private Answer list(Request request) {
        desk.pass(request, Action.WEBHOOKS_GET);
        ObjectNode json = Json.object();
        var results = json.putArray("results");
        desk.state().webhooks().values().stream()
                .sorted(Comparator.comparing(Webhook::uuid))
                .forEach(webhook -> results.add(webhook.toJson()));
        return Answer.json(200, json);
    }

    private Answer create(Request request) throws IOException {
        desk.pass(request, Action.WEBHOOKS_CREATE);
        Webhook webhook = Webhook.create(desk.ids().random(), JsonBody.read(request));
        if (desk.state().webhooks().size() >= Webhook.WEBHOOKS_MAX) {
            throw Webhook.tooMany();
        }
        desk.state().commit(List.of(new Change.PutWebhook(webhook)));
        return Answer.json(201, webhook.toJson());
    }

    private Answer get(Request request) {
        desk.pass(request, Action.WEBHOOKS_GET);
        return Answer.json(200, named(Webhook.uuidInPath(request.path("uuid"))).toJson());
    }

    private Answer patch(Request request) throws IOException {
        desk.pass(request, Action.WEBHOOKS_UPDATE);
        JsonNode body = JsonBody.read(request);
        Webhook.checkBody(body);
        Webhook patched = named(Webhook.changeableUuid(request.path("uuid"))).patched(body);
        desk.state().commit(List.of(new Change.PutWebhook(patched)));
        return Answer.json(200, patched.toJson());
    }

    private Answer delete(Request request) {
        desk.pass(request, Action.WEBHOOKS_DELETE);
        Webhook webhook = named(Webhook.changeableUuid(request.path("uuid")));
        desk.state().commit(List.of(new Change.DropWebhook(webhook.uuid())));
        return Answer.empty(204);
    }

    private Webhook named(String uuid) {
        Webhook webhook = desk.state().webhooks().get(uuid);
        if (webhook == null) {
            throw Webhook.notFound(uuid);
        }
        return webhook;
    }
}
