package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.IndexUid;
import io.miroir.api.Json;
import io.miroir.api.keys.Access;
import io.miroir.api.keys.Action;
import io.miroir.capability.stateless.session.SessionPinning;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.peer.PassedAnswer;
import io.miroir.core.topology.ShardSet;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.BodyBudget;
import io.miroir.edge.http.JsonBody;
import io.miroir.edge.http.Request;
import io.miroir.edge.shared.FrontDesk;
import io.miroir.fanout.AnswerBudget;
import io.miroir.fanout.lane.TaskRoom;
import io.miroir.fanout.lane.WriteJourney;
import io.miroir.fanout.lane.WriteRequest;
import io.miroir.fanout.read.ReadReply;
import io.miroir.fanout.read.Terms;
import io.miroir.store.alias.AliasRow;
import io.miroir.store.lane.Lanes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The steps that routes share: key, name, alias, and the way into the journeys. What is no name of
 * an index is found out as one that is not there: parameters and bodies are looked at before.
 */
final class RequestPath implements FrontDesk {
    static final String DEGRADED = "X-Miroir-Degraded";

    private final Auth auth;
    private final ClusterView view;
    private final WriteJourney writes;
    private final SessionPinning sessions;
    private final AnswerBudget answers;
    private final Bodies bodies;
    private final Counts counts;

    RequestPath(
            Auth auth,
            ClusterView view,
            WriteJourney writes,
            SessionPinning sessions,
            AnswerBudget answers,
            Bodies bodies,
            Counts counts) {
        this.auth = auth;
        this.view = view;
        this.writes = writes;
        this.sessions = sessions;
        this.answers = answers;
        this.bodies = bodies;
        this.counts = counts;
    }

    /** How large JSON bodies may be, and what they take together. */
    record Bodies(Edge.BodyLimits limits, BodyBudget budget) {}

    /** What is counted on the way. */
    record Counts(AliasMetrics aliases, IdempotencyMetrics keys) {}

    /** The JSON body of a search. */
    JsonNode searchBody(Request request) throws IOException {
        return body(request, bodies.limits().searchBytesMax());
    }

    @Override
    public JsonNode jsonBody(Request request) throws IOException {
        return body(request, jsonBytesMax());
    }

    /** The longest such body. */
    long jsonBytesMax() {
        return bodies.limits().jsonBytesMax();
    }

    private JsonNode body(Request request, long bytesMax) throws IOException {
        return JsonBody.read(request, bytesMax, share(request));
    }

    /** Of the memory for JSON, until the request has been answered. */
    private BodyBudget.Share share(Request request) {
        BodyBudget.Share share = bodies.budget().open();
        request.atEnd(share::close);
        return share;
    }

    /**
     * Checks the key of a route that names no index, and tells which indexes it may touch: the
     * route looks at each that it does.
     */
    @Override
    public Access pass(Request request, Action action) {
        return auth.client(request, action, null);
    }

    /**
     * A search that was let in.
     *
     * @param uid the index, aliases resolved
     * @param name what the client calls it: the rules of its token go by this
     */
    record Search(String uid, String name, Access access) {
        /** The body with the token's filter beside the client's. */
        ObjectNode filtered(ObjectNode body) {
            JsonNode filter = access.filtered(name, body.get("filter"));
            if (filter != null) {
                body.set("filter", filter);
            }
            return body;
        }
    }

    /** Checks the key or token of a search, and follows an alias. */
    Search passSearch(Request request) {
        String name = request.path("uid");
        Access access = auth.client(request, Action.SEARCH, name);
        return new Search(resolved(name), name, access);
    }

    /** Checks the key of a read, and follows an alias. */
    String passRead(Request request, Action action) {
        return resolved(passNamed(request, action));
    }

    /** The index that a name of a read stands for. */
    String resolved(String uid) {
        if (IndexUid.isValid(uid)
                && view.alias(uid).isEmpty()
                && view.index(uid).filter(IndexView::ready).isEmpty()) {
            // Another pod may have created it a moment ago.
            view.catchUp();
        }
        return view.alias(uid)
                .filter(alias -> alias.kind() == AliasRow.Kind.SINGLE)
                .map(alias -> followed(alias).getFirst())
                .orElse(uid);
    }

    /** The indexes that an alias stands for, if the name is one with several targets. */
    Optional<List<String>> targets(String name) {
        return view.alias(name)
                .filter(alias -> alias.kind() == AliasRow.Kind.MULTI)
                .map(this::followed);
    }

    /** Refuses an alias as the name of an index: nobody could ask for that index by it. */
    void requireNoAlias(String uid) {
        if (view.alias(uid).isPresent()) {
            throw IndexUid.aliased(uid);
        }
    }

    /** Checks the key of a write, and follows an alias that may be written through. */
    String passWrite(Request request, Action action) {
        String uid = passNamed(request, action);
        return view.alias(uid).map(this::writable).orElse(uid);
    }

    /**
     * Checks the key of a write that creates its index if there is none, and follows an alias.
     * Notes in its parameters where the key may not create it.
     */
    String passCreatingWrite(Request request, Action action, Map<String, String> parameters) {
        String name = request.path("uid");
        if (!auth.client(request, action, name).mayCreate(name)) {
            parameters.put(WriteRequest.NO_CREATION, "true");
        }
        return view.alias(name).map(this::writable).orElse(name);
    }

    /** Checks the key of a route that names an index, whose name is checked later. */
    void passKey(Request request, Action action) {
        auth.client(request, action, request.path("uid"));
    }

    private String passNamed(Request request, Action action) {
        String uid = request.path("uid");
        auth.client(request, action, uid);
        return uid;
    }

    private List<String> followed(AliasRow alias) {
        counts.aliases().resolved(alias.name());
        return alias.targets();
    }

    private String writable(AliasRow alias) {
        return switch (alias.kind()) {
            case SINGLE -> followed(alias).getFirst();
            case MULTI ->
                    throw new ApiException(
                            ErrorCode.MIROIR_MULTI_ALIAS_NOT_WRITABLE,
                            "Alias `" + alias.name() + "` has several targets: it is read only.");
        };
    }

    /** A read of what nodes hold, once it may begin. */
    @FunctionalInterface
    interface Read {
        Answer on(Terms terms) throws Exception;
    }

    /** Reads on the client's terms, and gives back what the answers of nodes took. */
    Answer reading(Request request, Read read) throws Exception {
        try (AnswerBudget.Share share = answers.open()) {
            return read.on(new Terms(SettingsHeaders.floor(request), writes(request), share));
        }
    }

    /** The writes that the client wants to be shown. */
    Terms.Writes writes(Request request) {
        return sessions.writes(SessionHeaders.session(request), SessionHeaders.receipts(request));
    }

    /** Sends a write of an index on its journey, and gives its receipt. */
    Answer write(Request request, WriteRequest write, InputStream body)
            throws IOException, InterruptedException {
        IndexUid.require(write.indexUid());
        PassedAnswer answer = written(marked(request, write), body);
        Answer told =
                Answer.passed(answer.status(), answer.body().getBytes(StandardCharsets.UTF_8));
        for (Map.Entry<String, String> header : answer.headers().entrySet()) {
            told = told.withHeader(header.getKey(), header.getValue());
        }
        return answer.status() == 202
                ? told.withHeader(
                        SessionHeaders.RECEIPT,
                        sessions.receiptOf(
                                Json.parseObject(answer.body()).path("taskUid").asLong()))
                : told;
    }

    /**
     * The same of a write whose body is what was made of JSON. One that no task can keep is refused
     * before it waits, or another pod is sent it.
     *
     * @param body null for none
     */
    Answer write(Request request, WriteRequest write, @Nullable JsonNode body)
            throws IOException, InterruptedException {
        return write(request, write, body == null ? new byte[0] : Json.bytes(body));
    }

    /** The same, of a body in UTF-8. */
    Answer write(Request request, WriteRequest write, byte[] json)
            throws IOException, InterruptedException {
        TaskRoom.require(write, json.length);
        share(request).take(json.length, json.length);
        return write(request, write, new ByteArrayInputStream(json));
    }

    private PassedAnswer written(WriteRequest write, InputStream body)
            throws IOException, InterruptedException {
        if (write.parameter(WriteRequest.IDEMPOTENCY_KEY) == null) {
            return writes.write(write, body);
        }
        try {
            PassedAnswer answer = writes.write(write, body);
            counts.keys().answered(answer);
            return answer;
        } catch (ApiException refusal) {
            counts.keys().refused(refusal);
            throw refusal;
        }
    }

    private WriteRequest marked(Request request, WriteRequest write) {
        Map<String, String> parameters = new HashMap<>(write.parameters());
        String session = SessionHeaders.session(request);
        if (session != null && sessions.enabled()) {
            parameters.put(WriteRequest.SESSION, session);
        }
        String key = request.header("Idempotency-Key");
        if (key != null) {
            if (key.length() > Lanes.IDEMPOTENCY_KEY_CHARS_MAX) {
                throw new ApiException(
                        ErrorCode.BAD_REQUEST,
                        "The idempotency key is longer than "
                                + Lanes.IDEMPOTENCY_KEY_CHARS_MAX
                                + " characters.");
            }
            parameters.put(WriteRequest.IDEMPOTENCY_KEY, key);
        }
        return new WriteRequest(write.operation(), write.indexUid(), parameters);
    }

    /** The answer to a read; one that lacks shards says so. */
    static Answer read(ReadReply reply) {
        Answer answer = SettingsHeaders.on(Answer.json(200, reply.body()), reply);
        ShardSet missing = reply.missing();
        return missing.isEmpty() ? answer : degraded(answer, "shards=" + missing);
    }

    /** The same answer, which says one more thing of what it lacks. */
    static Answer degraded(Answer answer, String how) {
        String said = answer.headers().get(DEGRADED);
        return answer.withHeader(DEGRADED, said == null ? how : said + ", " + how);
    }
}
