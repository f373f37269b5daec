package io.miroir.embedded.routes;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
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
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Routes of webhooks. */
public final class WebhookRoutes {
    private static final int WEBHOOKS_MAX = 20;
    private static final String RESERVED = "00000000-0000-0000-0000-000000000000";

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
        if (desk.state().webhooks().size() >= WEBHOOKS_MAX) {
            throw new ApiException(
                    ErrorCode.INVALID_WEBHOOKS,
                    "Defining too many webhooks would crush the server. Please limit the number of"
                            + " webhooks to "
                            + WEBHOOKS_MAX
                            + ". You may use a third-party proxy server to dispatch events to more"
                            + " than "
                            + WEBHOOKS_MAX
                            + " endpoints.");
        }
        desk.state().commit(List.of(new Change.PutWebhook(webhook)));
        return Answer.json(201, webhook.toJson());
    }

    private Answer get(Request request) {
        desk.pass(request, Action.WEBHOOKS_GET);
        return Answer.json(200, named(request).toJson());
    }

    private Answer patch(Request request) throws IOException {
        desk.pass(request, Action.WEBHOOKS_UPDATE);
        JsonNode body = JsonBody.read(request);
        Webhook patched = named(request).patched(body);
        desk.state().commit(List.of(new Change.PutWebhook(patched)));
        return Answer.json(200, patched.toJson());
    }

    private Answer delete(Request request) {
        desk.pass(request, Action.WEBHOOKS_DELETE);
        desk.state().commit(List.of(new Change.DropWebhook(named(request).uuid())));
        return Answer.empty(204);
    }

    private Webhook named(Request request) {
        String uuid = request.path("uuid");
        for (int i = 0; i < uuid.length(); i++) {
            if (Character.digit(uuid.charAt(i), 16) < 0 && uuid.charAt(i) != '-') {
                throw new ApiException(
                        ErrorCode.INVALID_WEBHOOK_UUID,
                        "Invalid UUID: invalid character: found `" + uuid.charAt(i) + "` at " + i);
            }
        }
        Webhook webhook = desk.state().webhooks().get(uuid);
        boolean changes = !request.method().equals("GET");
        if (webhook == null && changes && uuid.equals(RESERVED)) {
            return new Webhook(uuid, "", Map.of());
        }
        if (webhook == null) {
            throw Webhook.notFound(uuid);
        }
        return webhook;
    }
}
