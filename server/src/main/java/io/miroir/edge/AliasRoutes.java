package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.IndexUid;
import io.miroir.api.Json;
import io.miroir.api.Timestamps;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.lease.Reports;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.JsonBody;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.store.ReadLevel;
import io.miroir.store.alias.AliasRow;
import io.miroir.store.alias.Aliases;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /_miroir/aliases}: names for indexes that are turned in one step (plan §13.7). What is
 * answered holds on every pod (protocol, rule 9); a request that began before goes to the old
 * target.
 */
final class AliasRoutes {
    /** Other operators that may turn an alias while one turns it without naming a version. */
    private static final int ROUNDS_MAX = 10;

    private static final long BODY_BYTES_MAX = 1 << 20;

    private final Auth auth;
    private final Aliases aliases;
    private final ClusterView view;
    private final Reports reports;
    private final boolean targetsMustExist;
    private final AliasMetrics metrics;

    AliasRoutes(
            Auth auth,
            Aliases aliases,
            ClusterView view,
            Reports reports,
            boolean targetsMustExist,
            AliasMetrics metrics) {
        this.auth = auth;
        this.aliases = aliases;
        this.view = view;
        this.reports = reports;
        this.targetsMustExist = targetsMustExist;
        this.metrics = metrics;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/_miroir/aliases", this::list),
                new Route("POST", "/_miroir/aliases", this::create),
                new Route("GET", "/_miroir/aliases/{name}", this::get),
                new Route("PUT", "/_miroir/aliases/{name}", this::flip),
                new Route("DELETE", "/_miroir/aliases/{name}", this::delete));
    }

    private Answer list(Request request) {
        auth.admin(request);
        ObjectNode body = Json.object();
        ArrayNode results = body.putArray("results");
        aliases.list(ReadLevel.LINEARIZABLE).forEach(row -> results.add(json(row)));
        return Answer.json(200, body);
    }

    private Answer get(Request request) {
        auth.admin(request);
        AliasRow row = row(name(request));
        ObjectNode body = json(row);
        ArrayNode history = body.putArray("history");
        for (AliasRow.Past past : row.history()) {
            ObjectNode one = history.addObject();
            putTargets(one, past.kind(), past.targets());
            one.put("version", past.version());
            one.put("replaced_at", time(past.replacedAt()));
        }
        return Answer.json(200, body);
    }

    private Answer create(Request request) throws Exception {
        auth.admin(request);
        AliasRequest asked = AliasRequest.create(JsonBody.read(request, BODY_BYTES_MAX));
        view.catchUp();
        if (view.index(asked.name()).isPresent()) {
            throw taken(asked.name());
        }
        requireTargets(asked);
        return switch (reports.told(aliases.flip(asked.name(), asked.kind(), asked.targets(), 0))) {
            case Aliases.Flip.Flipped _ -> Answer.json(201, json(row(asked.name())));
            case Aliases.Flip.Changed _ ->
                    throw conflict("There is an alias `" + asked.name() + "`: PUT turns it.");
            case Aliases.Flip.NameTaken _ -> throw taken(asked.name());
            case Aliases.Flip.Full full -> throw full(full);
        };
    }

    private Answer flip(Request request) throws Exception {
        auth.admin(request);
        AliasRequest asked =
                AliasRequest.flip(name(request), JsonBody.read(request, BODY_BYTES_MAX));
        view.catchUp();
        requireTargets(asked);
        for (int round = 0; round < ROUNDS_MAX; round++) {
            AliasRow row = row(asked.name());
            if (row.kind() != asked.kind()) {
                throw conflict(
                        "Alias `%s` is %s: it can't be turned into the other kind."
                                .formatted(asked.name(), word(row.kind())));
            }
            long version =
                    asked.expectedVersion() == null ? row.version() : asked.expectedVersion();
            switch (reports.told(
                    aliases.flip(asked.name(), asked.kind(), asked.targets(), version))) {
                case Aliases.Flip.Flipped _ -> {
                    metrics.flipped(asked.name());
                    return Answer.json(200, json(row(asked.name())));
                }
                case Aliases.Flip.Changed changed when asked.expectedVersion() != null ->
                        throw conflict(
                                "Alias `%s` has version %d, not %d."
                                        .formatted(asked.name(), changed.version(), version));
                // Somebody else turned or removed it between the look and the step.
                case Aliases.Flip.Changed _ -> {}
                case Aliases.Flip.NameTaken _ -> throw taken(asked.name());
                case Aliases.Flip.Full full -> throw full(full);
            }
        }
        throw conflict("Others turn alias `" + asked.name() + "` all the time.");
    }

    private Answer delete(Request request) throws InterruptedException {
        auth.admin(request);
        String name = name(request);
        if (!reports.told(aliases.delete(name))) {
            throw absent(name);
        }
        return Answer.empty(204);
    }

    private void requireTargets(AliasRequest asked) {
        for (String target : asked.targets()) {
            if (view.alias(target).isPresent()) {
                throw new ApiException(
                        ErrorCode.BAD_REQUEST,
                        "`" + target + "` is an alias: a target must be an index.");
            }
            if (targetsMustExist && view.index(target).isEmpty()) {
                throw IndexUid.notFound(target);
            }
        }
    }

    private AliasRow row(String name) {
        return aliases.get(ReadLevel.LINEARIZABLE, name).orElseThrow(() -> absent(name));
    }

    private static String name(Request request) {
        return IndexUid.require(request.path("name"));
    }

    private static ObjectNode json(AliasRow row) {
        ObjectNode json = Json.object();
        json.put("name", row.name());
        json.put("kind", word(row.kind()));
        putTargets(json, row.kind(), row.targets());
        json.put("version", row.version());
        json.put("created_at", time(row.createdAt()));
        return json;
    }

    private static void putTargets(ObjectNode json, AliasRow.Kind kind, List<String> targets) {
        if (kind == AliasRow.Kind.SINGLE) {
            json.put("target", targets.getFirst());
        } else {
            targets.forEach(json.putArray("targets")::add);
        }
    }

    private static String word(AliasRow.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static String time(long storeTime) {
        return Timestamps.rfc3339(StoreTime.instant(storeTime));
    }

    private static ApiException absent(String name) {
        return new ApiException(
                ErrorCode.MIROIR_ALIAS_NOT_FOUND, "There is no alias `" + name + "`.");
    }

    private static ApiException taken(String name) {
        return conflict(
                "An index has the name `" + name + "`, or is about to: an alias needs another.");
    }

    private static ApiException conflict(String why) {
        return new ApiException(ErrorCode.MIROIR_ALIAS_CONFLICT, why);
    }

    private static ApiException full(Aliases.Flip.Full full) {
        return new ApiException(
                ErrorCode.MIROIR_OVERLOADED,
                "There are as many aliases as there may be: " + full.rowsMax());
    }
}
