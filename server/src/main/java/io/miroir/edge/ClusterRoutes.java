package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.cluster.member.Doorkeeper;
import io.miroir.cluster.member.PodIdentity;
import io.miroir.cluster.peer.ClusterKeys;
import io.miroir.cluster.peer.KeyAgreement;
import io.miroir.cluster.seal.StoredSecrets;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.JsonBody;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.raft.Member;
import io.miroir.raft.MemberChange;
import io.miroir.raft.MemberOutcome;
import io.miroir.store.ReadLevel;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.TaskStore;
import io.miroir.store.seal.SecretRow;
import io.miroir.tls.LoadedKeys;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /_miroir/cluster}: which pods there are, and how that changes. Any pod may be asked. */
final class ClusterRoutes {
    private static final long BODY_BYTES_MAX = 64 << 10;

    private final Auth auth;
    private final TaskStore store;
    private final @Nullable Doorkeeper doorkeeper;
    private final ClusterKeys keys;
    private final StoredSecrets secrets;

    ClusterRoutes(
            Auth auth,
            TaskStore store,
            @Nullable Doorkeeper doorkeeper,
            ClusterKeys keys,
            StoredSecrets secrets) {
        this.auth = auth;
        this.store = store;
        this.doorkeeper = doorkeeper;
        this.keys = keys;
        this.secrets = secrets;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/_miroir/cluster", this::status),
                new Route("GET", "/_miroir/cluster/keys", this::keys),
                change("join", this::join),
                change("promote", body -> new MemberChange.Promote(text(body, "pod"))),
                change("leave", body -> new MemberChange.Leave(text(body, "pod"))),
                change(
                        "replace",
                        body -> new MemberChange.Replace(text(body, "lost"), text(body, "by"))));
    }

    private Answer status(Request request) {
        auth.admin(request);
        ObjectNode body = Json.object();
        StoreFields.put(body, store.status());
        Doorkeeper keeper = doorkeeper;
        if (keeper != null) {
            body.put(
                    "cluster_id",
                    keeper.identity()
                            .map(PodIdentity::clusterId)
                            .map(Object::toString)
                            .orElse(null));
            members(body.putArray("members"), keeper.members(), keeper);
        }
        return Answer.json(200, body);
    }

    private static void members(ArrayNode array, List<Member> members, Doorkeeper keeper) {
        Set<String> alive = keeper.alive();
        Map<String, Integer> knownFormats = keeper.knownFormats();
        for (Member member : members) {
            array.addObject()
                    .put("pod", member.id())
                    .put("voter", member.voter())
                    .put("alive", alive.contains(member.id()))
                    .put("raft", member.raftAddress())
                    .put("peer", member.peerAddress())
                    .put("known_format", knownFormats.get(member.id()));
        }
    }

    private Answer keys(Request request) {
        auth.admin(request);
        var told = keys.ask();
        ObjectNode body = Json.object();
        ArrayNode obstacles = body.putArray("obstacles");
        KeyAgreement.obstacles(told).forEach(obstacles::add);
        var sealed = sealedValues(obstacles);
        secrets.obstacles(sealed).forEach(obstacles::add);
        ObjectNode values = body.putObject("sealed");
        sealed.forEach(values::put);
        ArrayNode pods = body.putArray("pods");
        told.forEach(
                (pod, known) -> {
                    ArrayNode array = pods.addObject().put("pod", pod).putArray("keys");
                    for (LoadedKeys one : known.orElse(List.of())) {
                        ArrayNode fingerprints =
                                array.addObject().put("key", one.key()).putArray("fingerprints");
                        one.fingerprints().forEach(fingerprints::add);
                    }
                });
        return Answer.json(200, body);
    }

    /** An old key is dropped by what this says: it must not be of a moment ago. */
    private SortedMap<String, Integer> sealedValues(ArrayNode obstacles) {
        List<SecretRow> rows;
        try {
            rows = store.secrets().list(ReadLevel.LINEARIZABLE);
        } catch (StoreUnavailableException unavailable) {
            obstacles.add("what is sealed is not known for certain: " + unavailable.getMessage());
            rows = store.secrets().list(ReadLevel.LOCAL);
        }
        return StoredSecrets.count(rows);
    }

    private Route change(String name, Function<JsonNode, MemberChange> wish) {
        return new Route(
                "POST",
                "/_miroir/cluster/" + name,
                request -> {
                    auth.admin(request);
                    return outcome(wish.apply(read(request)));
                });
    }

    /** The pod can't ask for itself, so it is asked what it knows. */
    private MemberChange join(JsonNode body) {
        Member pod = new Member(text(body, "pod"), text(body, "raft"), text(body, "peer"), false);
        int format =
                keeper().knownFormat(pod)
                        .orElseThrow(
                                () ->
                                        refused(
                                                "no "
                                                        + pod.id()
                                                        + " answers at "
                                                        + pod.peerAddress()));
        return new MemberChange.Join(pod, format);
    }

    private Doorkeeper keeper() {
        if (doorkeeper == null) {
            throw refused("this pod is alone: its task_store.backend is sqlite");
        }
        return doorkeeper;
    }

    private Answer outcome(MemberChange change) {
        Doorkeeper keeper = keeper();
        return switch (keeper.toLeader(change)) {
            case MemberOutcome.Changed changed -> {
                ObjectNode body = Json.object();
                members(body.putArray("members"), changed.members(), keeper);
                yield Answer.json(200, body);
            }
            case MemberOutcome.Refused refusal -> throw refused(refusal.why());
            case MemberOutcome.NotLeader _ -> throw refused("leadership moves just now: ask again");
            case MemberOutcome.Undecided undecided ->
                    throw new ApiException(
                            ErrorCode.MIROIR_INDETERMINATE,
                            "The change may still come about: "
                                    + undecided.why()
                                    + ". Asked again, the answer tells.");
        };
    }

    private static ApiException refused(String why) {
        return new ApiException(
                ErrorCode.MIROIR_MEMBERSHIP_REFUSED, "The members stay as they are: " + why + ".");
    }

    private static JsonNode read(Request request) throws IOException {
        return JsonBody.read(request, BODY_BYTES_MAX);
    }

    private static String text(JsonNode body, String field) {
        String value = body.path(field).asString("");
        if (value.isEmpty()) {
            throw new ApiException(
                    ErrorCode.BAD_REQUEST, "The field `" + field + "` is missing or no text.");
        }
        return value;
    }
}
