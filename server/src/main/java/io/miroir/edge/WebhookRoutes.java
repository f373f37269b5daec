package io.miroir.edge;

import io.miroir.api.Json;
import io.miroir.api.Uuids;
import io.miroir.api.keys.Action;
import io.miroir.api.webhooks.Webhook;
import io.miroir.cluster.lease.Reports;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.store.ReadLevel;
import io.miroir.store.Table;
import io.miroir.store.webhook.WebhookRow;
import io.miroir.store.webhook.Webhooks;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /webhooks}: who is told of tasks that ended. The leader tells them. */
final class WebhookRoutes {
    private static final String ALL = "/webhooks";
    private static final String ONE = "/webhooks/{uuid}";

    private final RequestPath path;
    private final Webhooks webhooks;
    private final Uuids uuids;
    private final Reports reports;

    WebhookRoutes(RequestPath path, Webhooks webhooks, Uuids uuids, Reports reports) {
        this.path = path;
        this.webhooks = webhooks;
        this.uuids = uuids;
        this.reports = reports;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", ALL, this::list),
                new Route("POST", ALL, this::create),
                new Route("GET", ONE, this::get),
                new Route("PATCH", ONE, this::patch),
                new Route("DELETE", ONE, this::delete));
    }

    private Answer list(Request request) {
        path.pass(request, Action.WEBHOOKS_GET);
        ObjectNode body = Json.object();
        ArrayNode results = body.putArray("results");
        rows().forEach(row -> results.add(webhook(row).toJson()));
        return Answer.json(200, body);
    }

    private Answer create(Request request) throws IOException, InterruptedException {
        path.pass(request, Action.WEBHOOKS_CREATE);
        Webhook webhook = Webhook.create(uuids.random(), path.jsonBody(request));
        put(webhook);
        return Answer.json(201, webhook.toJson());
    }

    private Answer get(Request request) {
        path.pass(request, Action.WEBHOOKS_GET);
        return Answer.json(200, named(Webhook.uuidInPath(request.path("uuid"))).toJson());
    }

    private Answer patch(Request request) throws IOException, InterruptedException {
        path.pass(request, Action.WEBHOOKS_UPDATE);
        JsonNode body = path.jsonBody(request);
        Webhook.checkBody(body);
        Webhook patched = named(Webhook.changeableUuid(request.path("uuid"))).patched(body);
        put(patched);
        return Answer.json(200, patched.toJson());
    }

    private Answer delete(Request request) throws InterruptedException {
        path.pass(request, Action.WEBHOOKS_DELETE);
        String uuid = Webhook.changeableUuid(request.path("uuid"));
        if (!webhooks.delete(uuid).orThrow()) {
            throw Webhook.notFound(uuid);
        }
        reports.awaitTold();
        return Answer.empty(204);
    }

    private List<WebhookRow> rows() {
        return webhooks.list(ReadLevel.LOCAL, Webhooks.ROWS_MAX);
    }

    private Webhook named(String uuid) {
        return webhooks.get(ReadLevel.LOCAL, uuid)
                .map(WebhookRoutes::webhook)
                .orElseThrow(() -> Webhook.notFound(uuid));
    }

    // What is answered is known on all pods: each reads its own copy.
    private void put(Webhook webhook) throws InterruptedException {
        WebhookRow row =
                new WebhookRow(
                        webhook.uuid(), webhook.url(), new TreeMap<>(webhook.headers()), 0, 0);
        switch (webhooks.put(row).orThrow()) {
            case Table.Put.Written _ -> reports.awaitTold();
            case Table.Put.Full _ -> throw Webhook.tooMany();
        }
    }

    private static Webhook webhook(WebhookRow row) {
        return new Webhook(row.uuid(), row.url(), row.headers());
    }
}
