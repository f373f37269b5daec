package io.miroir.embedded.routes;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.keys.Access;
import io.miroir.api.keys.Action;
import io.miroir.api.settings.Setting;
import io.miroir.api.settings.Settings;
import io.miroir.api.settings.SettingsUpdate;
import io.miroir.api.tasks.TaskType;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.JsonBody;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.embedded.store.Work;
import io.miroir.embedded.tasks.TaskQueue.Draft;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Routes of settings: all at once, and each alone. */
public final class SettingsRoutes {
    private final Desk desk;

    /** Routes that work with this desk. */
    public SettingsRoutes(Desk desk) {
        this.desk = desk;
    }

    /** The routes. */
    public List<Route> routes() {
        String all = "/indexes/{uid}/settings";
        List<Route> routes = new ArrayList<>();
        routes.add(new Route("GET", all, this::get));
        routes.add(new Route("PATCH", all, this::patch));
        routes.add(new Route("DELETE", all, this::reset));
        for (Setting setting : Setting.shown()) {
            String one = all + "/" + setting.path();
            routes.add(new Route("GET", one, request -> getOne(request, setting)));
            routes.add(new Route(setting.verb(), one, request -> setOne(request, setting)));
            routes.add(new Route("DELETE", one, request -> resetOne(request, setting)));
        }
        return routes;
    }

    private Answer get(Request request) {
        desk.passIndex(request, Action.SETTINGS_GET);
        return Answer.json(200, Settings.shownWhole(desk.index(request).settings()));
    }

    private Answer getOne(Request request, Setting setting) {
        desk.passIndex(request, Action.SETTINGS_GET);
        return Answer.json(
                200, Settings.shownWhole(desk.index(request).settings()).get(setting.key()));
    }

    private Answer patch(Request request) throws IOException {
        Access access = desk.passIndex(request, Action.SETTINGS_UPDATE);
        SettingsUpdate update = SettingsUpdate.parse(JsonBody.read(request));
        return accept(request, update, access.mayCreate(desk.uid(request)));
    }

    private Answer setOne(Request request, Setting setting) throws IOException {
        Access access = desk.passIndex(request, Action.SETTINGS_UPDATE);
        SettingsUpdate update = SettingsUpdate.parse(setting, JsonBody.read(request));
        return accept(request, update, access.mayCreate(desk.uid(request)));
    }

    private Answer reset(Request request) {
        desk.passIndex(request, Action.SETTINGS_UPDATE);
        return accept(request, SettingsUpdate.reset(List.of(Setting.values())), false);
    }

    private Answer resetOne(Request request, Setting setting) {
        desk.passIndex(request, Action.SETTINGS_UPDATE);
        return accept(request, SettingsUpdate.reset(List.of(setting)), false);
    }

    private Answer accept(Request request, SettingsUpdate update, boolean mayCreate) {
        update.require(desk.features());
        if (!update.experimental().isEmpty()) {
            throw new ApiException(
                    ErrorCode.FEATURE_NOT_ENABLED,
                    "The embedded Miroir node has no setting `"
                            + update.experimental().getFirst().key()
                            + "`.");
        }
        return desk.accept(
                new Draft(
                        TaskType.SETTINGS_UPDATE,
                        List.of(desk.uid(request)),
                        null,
                        Settings.shown(update.changes()),
                        new Work.ChangeSettings(update.changes(), mayCreate)));
    }
}
