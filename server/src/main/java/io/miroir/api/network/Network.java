package io.miroir.api.network;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.SealedValue;
import io.miroir.api.UrlText;
import io.miroir.core.merge.Utf8Order;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The instances that a client has told of. The nodes of a cluster are not among them: no client
 * reaches those.
 *
 * @param json as clients see it, its keys open or sealed
 */
public record Network(ObjectNode json) {
    private static final String NO_VERSION = "00000000-0000-0000-0000-000000000000";
    private static final String SELF = "self";
    private static final String REMOTES = "remotes";
    private static final String SHARDS = "shards";
    private static final String LEADER = "leader";
    private static final String URL = "url";

    /** The members of a remote that are secrets. */
    private static final List<String> KEYS = List.of("searchApiKey", "writeApiKey");

    /** Nobody is in it. */
    public static final Network NOBODY = new Network(nobody());

    private static ObjectNode nobody() {
        ObjectNode json = Json.object().putNull(SELF);
        json.putObject(REMOTES);
        json.putObject(SHARDS);
        return json.putNull(LEADER).put("version", NO_VERSION);
    }

    /** The name under which the instance knows itself; null for none. */
    public @Nullable String self() {
        return json.path(SELF).asString(null);
    }

    /** Another one with each change. */
    public String version() {
        return json.path("version").asString("");
    }

    /** Whether there are instances in it. */
    public boolean hasRemotes() {
        return !json.path(REMOTES).isEmpty();
    }

    /** Whether there are instances in it besides the one that knows itself by its name. */
    public boolean hasOthers() {
        return json.path(REMOTES).propertyNames().stream().anyMatch(name -> !name.equals(self()));
    }

    /** Whether there is a remote of that name. */
    public boolean hasRemote(String name) {
        return json.path(REMOTES).has(name);
    }

    /** What clients see: a key that can't be opened is masked. */
    public ObjectNode shown() {
        ObjectNode shown = json.deepCopy();
        replaceKeys(
                shown,
                key ->
                        SealedValue.isSealed(key)
                                ? Json.mapper().valueToTree(SealedValue.MASKED)
                                : key);
        return shown;
    }

    /** Whether such text can hold keys of remotes. */
    public static boolean mayBeIn(String text) {
        return KEYS.stream().anyMatch(key -> text.contains('"' + key + '"'));
    }

    /** Changes each key of a network's remotes, a text or a sealed value. */
    public static void replaceKeys(JsonNode network, UnaryOperator<JsonNode> change) {
        if (!(network.path(REMOTES) instanceof ObjectNode remotes)) {
            return;
        }
        for (JsonNode remote : remotes) {
            for (String key : KEYS) {
                JsonNode value = remote.path(key);
                if (value.isString() || SealedValue.isSealed(value)) {
                    ((ObjectNode) remote).set(key, change.apply(value));
                }
            }
        }
    }

    /**
     * The network after a change: members are merged, null takes away.
     *
     * @param version of what comes out
     * @throws ApiException if Meilisearch would refuse it
     */
    public Network patched(NetworkRequest request, String version) {
        request.check();
        JsonNode change = request.body();
        SortedMap<String, SortedSet<String>> shards = shards(change);
        SortedMap<String, ObjectNode> remotes = remotes(change, shards);
        ObjectNode next = Json.object();
        next.set(SELF, change.has(SELF) ? change.get(SELF) : json.get(SELF));
        ObjectNode nextRemotes = next.putObject(REMOTES);
        remotes.forEach(nextRemotes::set);
        ObjectNode nextShards = next.putObject(SHARDS);
        shards.forEach(
                (name, owners) -> {
                    if (!owners.isEmpty()) {
                        ArrayNode list = nextShards.putObject(name).putArray(REMOTES);
                        owners.forEach(list::add);
                    }
                });
        return new Network(next.putNull(LEADER).put("version", version));
    }

    private SortedMap<String, SortedSet<String>> shards(JsonNode change) {
        SortedMap<String, SortedSet<String>> shards = new TreeMap<>(Utf8Order.ASCENDING);
        if (!change.path(SHARDS).isNull()) {
            json.path(SHARDS)
                    .properties()
                    .forEach(shard -> shards.put(shard.getKey(), names(shard.getValue(), REMOTES)));
        }
        for (Map.Entry<String, JsonNode> shard : change.path(SHARDS).properties()) {
            JsonNode asked = shard.getValue();
            if (asked.isNull()) {
                shards.remove(shard.getKey());
                continue;
            }
            SortedSet<String> before = shards.getOrDefault(shard.getKey(), new TreeSet<>());
            SortedSet<String> owners = asked.hasNonNull(REMOTES) ? names(asked, REMOTES) : before;
            owners.addAll(names(asked, "addRemotes"));
            owners.removeAll(names(asked, "removeRemotes"));
            shards.put(shard.getKey(), owners);
        }
        return shards;
    }

    private static SortedSet<String> names(JsonNode shard, String list) {
        SortedSet<String> names = new TreeSet<>(Utf8Order.ASCENDING);
        shard.path(list).forEach(name -> names.add(name.stringValue()));
        return names;
    }

    /** Those that go are taken out of the shards as well. */
    private SortedMap<String, ObjectNode> remotes(
            JsonNode change, SortedMap<String, SortedSet<String>> shards) {
        SortedMap<String, ObjectNode> remotes = new TreeMap<>(Utf8Order.ASCENDING);
        if (!change.path(REMOTES).isNull()) {
            json.path(REMOTES)
                    .properties()
                    .forEach(r -> remotes.put(r.getKey(), (ObjectNode) r.getValue()));
        }
        SortedMap<String, JsonNode> asked = new TreeMap<>(Utf8Order.ASCENDING);
        change.path(REMOTES).properties().forEach(r -> asked.put(r.getKey(), r.getValue()));
        asked.forEach(
                (name, remote) -> {
                    if (remote.isNull()) {
                        remotes.remove(name);
                        shards.values().forEach(owners -> owners.remove(name));
                    } else {
                        remotes.put(name, remote(name, remotes.get(name), remote));
                    }
                });
        return remotes;
    }

    private static ObjectNode remote(String name, @Nullable ObjectNode before, JsonNode change) {
        ObjectNode next = Json.object();
        next.set(URL, url(name, before, change));
        for (String key : KEYS) {
            JsonNode old = before == null ? null : before.get(key);
            JsonNode value = change.has(key) ? change.get(key) : old;
            if (value == null) {
                next.putNull(key);
            } else {
                next.set(key, value);
            }
        }
        return next.put("status", "available");
    }

    private static JsonNode url(String name, @Nullable ObjectNode before, JsonNode change) {
        String place = ".remotes." + name + ".url";
        JsonNode asked = change.path(URL);
        if (!asked.isString() && before == null) {
            throw new ApiException(ErrorCode.MISSING_NETWORK_URL, "Missing field `" + place + "`");
        }
        if (asked.isNull()) {
            throw new ApiException(
                    ErrorCode.INVALID_NETWORK_URL, "Field `" + place + "` cannot be set to `null`");
        }
        if (!asked.isString() && before != null) {
            return before.path(URL);
        }
        Optional<String> fault = UrlText.fault(asked.stringValue());
        if (fault.isPresent()) {
            throw new ApiException(
                    ErrorCode.INVALID_NETWORK_URL,
                    "Invalid `"
                            + place
                            + "` (`"
                            + UrlText.shown(asked.stringValue())
                            + "`): "
                            + fault.get());
        }
        return asked;
    }

    /** The error for what would have to be asked of other instances. */
    public static ApiException forwarding() {
        return new ApiException(
                ErrorCode.MIROIR_NOT_IMPLEMENTED,
                "A Miroir cluster searches its own nodes: it keeps a network for its clients, and"
                        + " forwards no search to the instances in it.");
    }
}
