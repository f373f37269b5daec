package io.miroir.fanout.lane;

import io.miroir.api.Json;
import io.miroir.api.settings.Settings;
import io.miroir.api.settings.SettingsSecrets;
import io.miroir.api.settings.SettingsUpdate;
import io.miroir.core.topology.ShardSet;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.index.IndexRow;
import io.miroir.store.task.TaskRow;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A task's details as the store keeps them: what clients see, and beside it, in one field that they
 * never see, what the lane's next owner must know to finish the task.
 */
public final class Details {
    static final String INNER = SettingsSecrets.HIDDEN;
    private static final String ERROR = "error";
    private static final String SETTINGS = SettingsSecrets.HIDDEN_SETTINGS;
    private static final String CUSTOM_METADATA = "customMetadata";
    private static final String SENT_AS = "sentAs";
    private static final String SHARDS = "shards";
    private static final String SENT = "sent";
    private static final String CREATES = "creates";
    private static final String CHOOSES_KEY = "choosesKey";
    private static final String CHOSEN_KEY = "chosenKey";
    private static final String COUNTS = "counts";

    private final ObjectNode json;

    private Details(ObjectNode json) {
        this.json = json;
    }

    /** Details that clients see. */
    static Details of(ObjectNode visible) {
        return new Details(visible.deepCopy());
    }

    /** Details that clients see, for the store, with the text that a client gave, if it did. */
    public static ObjectNode tagged(ObjectNode visible, @Nullable String customMetadata) {
        return of(visible).tagged(customMetadata).json;
    }

    /** From the store. */
    public static Details parse(String stored) {
        return new Details(Json.parseObject(stored));
    }

    /** For the store. */
    String stored() {
        return Json.text(json);
    }

    /** What clients see: secrets of embedders are masked, as in the settings themselves. */
    public ObjectNode visible() {
        return Settings.shown(plain());
    }

    /** The change that a task of settings makes, with its secrets. */
    SettingsUpdate settingsUpdate() {
        return new SettingsUpdate(plain());
    }

    private ObjectNode plain() {
        ObjectNode copy = json.deepCopy();
        copy.remove(INNER);
        return copy;
    }

    /** The text that the client gave with its request. */
    public @Nullable String customMetadata() {
        return json.path(INNER).path(CUSTOM_METADATA).asString(null);
    }

    /** The error with which the task ends whatever the nodes do. */
    @Nullable ObjectNode error() {
        return json.path(INNER).path(ERROR) instanceof ObjectNode error ? error : null;
    }

    /** The client's whole settings that the task commits. */
    @Nullable ObjectNode settings() {
        return json.path(INNER).path(SETTINGS) instanceof ObjectNode settings ? settings : null;
    }

    /**
     * An index's settings as they will be once its lane's open tasks are done: what was accepted
     * before counts, although the catalogue does not have it yet.
     */
    static ObjectNode pendingSettings(TaskStore store, IndexRow index) {
        ObjectNode settings = Json.parseObject(index.settingsJson());
        for (TaskRow task : store.tasks().unfinished(ReadLevel.LOCAL, index.uid())) {
            boolean same =
                    task.origin() != null && task.origin().incarnation() == index.incarnation();
            ObjectNode pending = parse(task.detailsJson()).settings();
            if (same && pending != null) {
                settings = pending;
            }
        }
        return settings;
    }

    /** True if the task brings its index into being. */
    boolean creates() {
        return json.path(INNER).path(CREATES).asBoolean(false);
    }

    /** True if the task's documents chose the primary key. */
    boolean choosesKey() {
        return json.path(INNER).path(CHOOSES_KEY).asBoolean(false);
    }

    /** The primary key that the task's documents chose, if they chose any. */
    @Nullable String chosenKey() {
        return json.path(INNER).path(CHOSEN_KEY).asString(null);
    }

    Details failing(ObjectNode error) {
        return with(ERROR, error);
    }

    Details committing(ObjectNode settings) {
        return with(SETTINGS, settings);
    }

    Details creating() {
        return with(CREATES, Json.mapper().getNodeFactory().booleanNode(true));
    }

    /**
     * The same of documents that choose the primary key.
     *
     * @param key null if there is none to choose
     */
    Details choosing(@Nullable String key) {
        Details choosing = with(CHOOSES_KEY, Json.mapper().getNodeFactory().booleanNode(true));
        return key == null
                ? choosing
                : choosing.with(CHOSEN_KEY, Json.mapper().getNodeFactory().stringNode(key));
    }

    /**
     * Of a request that holds others as well: how many documents this task counts if it succeeds.
     */
    Details counting(long documents) {
        return with(COUNTS, Json.mapper().getNodeFactory().numberNode(documents));
    }

    /** What it counts, if its request holds others as well. */
    OptionalLong counts() {
        JsonNode counts = json.path(INNER).path(COUNTS);
        return counts.isIntegralNumber() ? OptionalLong.of(counts.asLong()) : OptionalLong.empty();
    }

    /** What node tasks carry, where an earlier owner than the one that bound it sent them. */
    Details sentAs(String metadata) {
        return with(SENT_AS, Json.mapper().getNodeFactory().stringNode(metadata));
    }

    /** What node tasks carry, if not the place of the bind. */
    @Nullable String sentAs() {
        return json.path(INNER).path(SENT_AS).asString(null);
    }

    /** The shards that the task touches; not kept if it is all of them. */
    Details touching(ShardSet shards, int all) {
        return shards.size() == all ? this : with(SHARDS, numbers(shards));
    }

    /** The shards that the task touches. */
    ShardSet shards(int all) {
        JsonNode numbers = json.path(INNER).path(SHARDS);
        return numbers.isArray() ? shards(numbers) : ShardSet.all(all);
    }

    /**
     * What nodes were sent of it: what one comes to have in sync later may be without it. Of a node
     * that was sent all that the task touches nothing is kept.
     *
     * @param sent by node
     * @param all how many shards there are
     */
    Details sending(Map<String, ShardSet> sent, int all) {
        ShardSet touched = shards(all);
        ObjectNode parts = Json.object();
        sent.forEach(
                (node, shards) -> {
                    if (!shards.equals(touched)) {
                        parts.set(node, numbers(shards));
                    }
                });
        return with(SENT, parts);
    }

    /** What a node that took it was sent; empty if the program that bound it did not say. */
    Optional<ShardSet> sent(String nodeId, int all) {
        if (!(json.path(INNER).path(SENT) instanceof ObjectNode parts)) {
            return Optional.empty();
        }
        JsonNode numbers = parts.path(nodeId);
        return Optional.of(numbers.isArray() ? shards(numbers) : shards(all));
    }

    private static ArrayNode numbers(ShardSet shards) {
        ArrayNode numbers = Json.array();
        shards.stream().forEach(numbers::add);
        return numbers;
    }

    private static ShardSet shards(JsonNode numbers) {
        return ShardSet.of(numbers.valueStream().map(JsonNode::asInt).toList());
    }

    Details tagged(@Nullable String customMetadata) {
        return customMetadata == null
                ? this
                : with(CUSTOM_METADATA, Json.mapper().getNodeFactory().stringNode(customMetadata));
    }

    /** What remains of a task that has ended: nothing is left to be done with it. */
    Details finished(ObjectNode visible) {
        return of(visible).tagged(customMetadata());
    }

    private Details with(String name, JsonNode value) {
        ObjectNode copy = json.deepCopy();
        copy.withObject(INNER).set(name, value);
        return new Details(copy);
    }
}
