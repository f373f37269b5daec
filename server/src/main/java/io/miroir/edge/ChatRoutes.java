package io.miroir.edge;

import static io.miroir.api.strict.Shape.notNull;
import static io.miroir.api.strict.Shape.optional;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.IndexUid;
import io.miroir.api.features.Feature;
import io.miroir.api.keys.Action;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import io.miroir.cluster.SwitchedFeatures;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** {@code /chats}: there are no workspaces, and none can be made. */
final class ChatRoutes {
    private static final String ONE = "/chats/{workspace}";
    private static final String SETTINGS = ONE + "/settings";
    private static final String USING_SETTINGS = "using the /chats/settings route";

    private static final Shape LIST =
            Shape.of(
                    notNull("offset", ErrorCode.INVALID_INDEX_OFFSET, count()),
                    notNull("limit", ErrorCode.INVALID_INDEX_LIMIT, count()));

    private static final Shape PROMPTS =
            Shape.of(
                    optional(
                            "system",
                            ErrorCode.INVALID_CHAT_COMPLETION_SYSTEM_PROMPT,
                            Check.STRING),
                    optional(
                            "searchDescription",
                            ErrorCode.INVALID_CHAT_COMPLETION_SEARCH_DESCRIPTION_PROMPT,
                            Check.STRING),
                    optional(
                            "searchQParam",
                            ErrorCode.INVALID_CHAT_COMPLETION_SEARCH_QUERY_PARAM_PROMPT,
                            Check.STRING),
                    optional(
                            "searchFilterParam",
                            ErrorCode.INVALID_CHAT_COMPLETION_SEARCH_FILTER_PARAM_PROMPT,
                            Check.STRING),
                    optional(
                            "searchIndexUidParam",
                            ErrorCode.INVALID_CHAT_COMPLETION_SEARCH_INDEX_UID_PARAM_PROMPT,
                            Check.STRING));

    private static final Shape WORKSPACE =
            Shape.of(
                    optional(
                            "source",
                            ErrorCode.BAD_REQUEST,
                            Check.oneOf(List.of("openAi", "mistral", "azureOpenAi", "vLlm"))),
                    optional("orgId", ErrorCode.INVALID_CHAT_COMPLETION_ORG_ID, Check.STRING),
                    optional(
                            "projectId",
                            ErrorCode.INVALID_CHAT_COMPLETION_PROJECT_ID,
                            Check.STRING),
                    optional(
                            "apiVersion",
                            ErrorCode.INVALID_CHAT_COMPLETION_API_VERSION,
                            Check.STRING),
                    optional(
                            "deploymentId",
                            ErrorCode.INVALID_CHAT_COMPLETION_DEPLOYMENT_ID,
                            Check.STRING),
                    optional("baseUrl", ErrorCode.INVALID_CHAT_COMPLETION_BASE_API, Check.STRING),
                    optional("apiKey", ErrorCode.INVALID_CHAT_COMPLETION_API_KEY, Check.STRING),
                    optional("prompts", ErrorCode.BAD_REQUEST, PROMPTS));

    private final RequestPath path;
    private final SwitchedFeatures switched;

    ChatRoutes(RequestPath path, SwitchedFeatures switched) {
        this.path = path;
        this.switched = switched;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/chats", this::list),
                new Route("GET", ONE, this::get),
                new Route("DELETE", ONE, this::delete),
                new Route("GET", SETTINGS, this::settings),
                new Route("PATCH", SETTINGS, this::change),
                new Route("DELETE", SETTINGS, this::reset),
                new Route("POST", ONE + "/chat/completions", this::complete));
    }

    private Answer list(Request request) {
        path.pass(request, Action.CHATS_GET);
        Map<String, String> query = request.query();
        LIST.check(StrictValue.query(query));
        require("listing the chats");
        return Answer.json(
                200,
                ExperimentalRoutes.noPage(
                        Long.parseLong(query.getOrDefault("offset", "0")),
                        Long.parseLong(query.getOrDefault("limit", "20"))));
    }

    private Answer get(Request request) {
        path.pass(request, Action.CHATS_GET);
        require("displaying a chat");
        throw noWorkspace(IndexUid.require(request.path("workspace")));
    }

    private Answer delete(Request request) {
        path.pass(request, Action.CHATS_DELETE);
        require("deleting a chat");
        throw noWorkspace(request.path("workspace"));
    }

    private Answer settings(Request request) {
        path.pass(request, Action.CHATS_SETTINGS_GET);
        require(USING_SETTINGS);
        throw noSettings(request);
    }

    private Answer change(Request request) throws IOException {
        path.pass(request, Action.CHATS_SETTINGS_UPDATE);
        WORKSPACE.check(StrictValue.body(path.jsonBody(request)));
        require(USING_SETTINGS);
        throw noChats();
    }

    private Answer reset(Request request) {
        path.pass(request, Action.CHATS_SETTINGS_UPDATE);
        require(USING_SETTINGS);
        throw noSettings(request);
    }

    private Answer complete(Request request) throws IOException {
        path.pass(request, Action.CHAT_COMPLETIONS);
        path.jsonBody(request);
        require("using the /chats chat completions route");
        throw noChats();
    }

    private void require(String doing) {
        switched.now().require(Feature.CHAT_COMPLETIONS, doing);
    }

    private static ApiException noWorkspace(String uid) {
        return new ApiException(ErrorCode.CHAT_NOT_FOUND, "chat " + uid + " not found");
    }

    private static ApiException noSettings(Request request) {
        return new ApiException(
                ErrorCode.CHAT_NOT_FOUND, "Chat `" + request.path("workspace") + "` not found");
    }

    private static ApiException noChats() {
        return ExperimentalRoutes.lacking(
                "A Miroir cluster has no chats: a node that answered would know only the documents"
                        + " it holds.");
    }

    private static Check count() {
        return Check.unsigned(Long.MAX_VALUE);
    }
}
