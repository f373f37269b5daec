package io.miroir.edge;

import io.miroir.api.Json;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import io.miroir.api.keys.Action;
import io.miroir.api.settings.NodeSettings;
import io.miroir.api.settings.Setting;
import io.miroir.api.settings.Settings;
import io.miroir.api.settings.SettingsUpdate;
import io.miroir.cluster.SwitchedFeatures;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.fanout.lane.Operation;
import io.miroir.fanout.lane.WriteRequest;
import io.miroir.fanout.read.SearchJourney;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Settings, whole and one by one. Clients see their own, never what nodes have. */
final class SettingsRoutes {
    private static final String SETTINGS = "/indexes/{uid}/settings";

    private final RequestPath path;
    private final SearchJourney searches;
    private final boolean changes;
    private final SwitchedFeatures switched;

    /** Routes of settings. Without {@code changes} they can be read only. */
    SettingsRoutes(
            RequestPath path, SearchJourney searches, boolean changes, SwitchedFeatures switched) {
        this.path = path;
        this.searches = searches;
        this.changes = changes;
        this.switched = switched;
    }

    List<Route> routes() {
        return all().stream().filter(route -> changes || route.verb().equals("GET")).toList();
    }

    private List<Route> all() {
        List<Route> routes = new ArrayList<>();
        routes.add(new Route("GET", SETTINGS, request -> Answer.json(200, shown(request))));
        routes.add(
                new Route(
                        "PATCH",
                        SETTINGS,
                        request ->
                                change(
                                        request,
                                        () -> SettingsUpdate.parse(path.jsonBody(request)),
                                        false)));
        routes.add(
                new Route(
                        "DELETE",
                        SETTINGS,
                        request ->
                                change(
                                        request,
                                        () -> SettingsUpdate.reset(List.of(Setting.values())),
                                        true)));
        for (Setting setting : Setting.values()) {
            String one = SETTINGS + "/" + setting.path();
            routes.add(new Route("GET", one, request -> Answer.json(200, shown(request, setting))));
            routes.add(
                    new Route(
                            setting.verb(),
                            one,
                            request ->
                                    change(
                                            request,
                                            () ->
                                                    SettingsUpdate.parse(
                                                            setting, path.jsonBody(request)),
                                            false)));
            routes.add(
                    new Route(
                            "DELETE",
                            one,
                            request ->
                                    change(
                                            request,
                                            () -> SettingsUpdate.reset(List.of(setting)),
                                            true)));
        }
        return routes;
    }

    /** Reads the change that a request asks for. */
    @FunctionalInterface
    private interface Change {
        SettingsUpdate read() throws Exception;
    }

    private ObjectNode shown(Request request) {
        ObjectNode settings = settings(request);
        Features features = switched.now();
        show(settings, Setting.FOREIGN_KEYS, features.isOn(Feature.FOREIGN_KEYS));
        show(settings, Setting.CHAT, features.isOn(Feature.CHAT_COMPLETIONS));
        return settings;
    }

    private static void show(ObjectNode settings, Setting setting, boolean on) {
        JsonNode value = valueOf(settings, setting);
        settings.remove(setting.key());
        if (on) {
            settings.set(setting.key(), value);
        }
    }

    /** One by itself is shown whether or not its feature is on. */
    private JsonNode shown(Request request, Setting setting) {
        return valueOf(settings(request), setting);
    }

    private static JsonNode valueOf(ObjectNode settings, Setting setting) {
        JsonNode value = settings.get(setting.key());
        return value == null ? setting.defaultValue() : value;
    }

    private ObjectNode settings(Request request) {
        String uid = path.passRead(request, Action.SETTINGS_GET);
        String settings = searches.indexOf(uid, path.writes(request)).row().settingsJson();
        return Settings.shownWhole(Json.parseObject(settings));
    }

    private Answer change(Request request, Change change, boolean reset) throws Exception {
        Map<String, String> parameters = new HashMap<>();
        String uid = path.passCreatingWrite(request, Action.SETTINGS_UPDATE, parameters);
        SettingsUpdate update = change.read();
        update.require(switched.now());
        if (update.changes().hasNonNull(Setting.CHAT.key())) {
            throw ExperimentalRoutes.lacking(
                    "An index of a Miroir cluster has no setting `chat`: there are no chats.");
        }
        NodeSettings.refuseReserved(update.changes());
        if (reset) {
            parameters.put(WriteRequest.RESET, "true");
        }
        return path.write(
                request,
                new WriteRequest(Operation.SETTINGS_UPDATE, uid, parameters),
                update.changes());
    }
}
