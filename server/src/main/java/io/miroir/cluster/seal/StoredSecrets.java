package io.miroir.cluster.seal;

import io.miroir.api.Json;
import io.miroir.api.SealedValue;
import io.miroir.api.export.ExportDetails;
import io.miroir.api.network.Network;
import io.miroir.api.settings.SettingsSecrets;
import io.miroir.store.seal.Seals;
import io.miroir.store.seal.SecretRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The secrets that clients hand over, as the task store has them: keys and headers of embedders in
 * settings, values of webhooks' headers, keys of the network's remotes, and of those that indexes
 * are sent to.
 */
public final class StoredSecrets implements Seals {
    /** Under what values are counted that are not sealed. */
    public static final String PLAIN = "plain";

    private static final String EMBEDDER = "embedder";
    private static final String WEBHOOK = "webhook";
    private static final String REMOTE = "remote";
    private static final String EXPORT = "export";

    private final SealKeys keys;

    public StoredSecrets(SealKeys keys) {
        this.keys = keys;
    }

    @Override
    public String sealJson(String json) {
        return keys.newest().isPresent() && mayBeIn(json) ? replaced(json, this::sealed) : json;
    }

    @Override
    public String openJson(String json) {
        return json.contains(SealedValue.MEMBER) ? replaced(json, this::opened) : json;
    }

    @Override
    public String sealHeader(String value) {
        return keys.newest().isEmpty() || value.isEmpty() || SealedValue.isSealed(value)
                ? value
                : SealedValue.inHeader(keys.seal(value, WEBHOOK));
    }

    @Override
    public String openHeader(String value) {
        return SealedValue.isSealed(value)
                        && keys.open(SealedValue.text(value), WEBHOOK)
                                instanceof SealKeys.Content.Open open
                ? open.value()
                : value;
    }

    /** Of the key that seals now; nothing if there is none. */
    public Optional<String> newest() {
        return keys.newest();
    }

    /** How many values are sealed under each key, and how many are {@link #PLAIN}. */
    public static SortedMap<String, Integer> count(List<SecretRow> rows) {
        SortedMap<String, Integer> counts = new TreeMap<>();
        rows.forEach(row -> keyIds(row).forEach(id -> counts.merge(id, 1, Integer::sum)));
        return counts;
    }

    /**
     * What is in the way of dropping every key but the first, in words.
     *
     * @param counts by key
     */
    public List<String> obstacles(SortedMap<String, Integer> counts) {
        Optional<String> newest = keys.newest();
        List<String> obstacles = new ArrayList<>();
        counts.forEach(
                (key, count) -> {
                    String what =
                            key.equals(PLAIN) ? "secrets in plain" : "secrets sealed with " + key;
                    if (newest.isEmpty() && !key.equals(PLAIN)) {
                        obstacles.add(what + ", while this pod has no seal key: " + count);
                    } else if (newest.isPresent() && !key.equals(newest.get())) {
                        obstacles.add(what + ", not with " + newest.get() + " yet: " + count);
                    }
                });
        return obstacles;
    }

    /** How many values can't be opened: their key is not known here, or they are damaged. */
    public int closed(List<SecretRow> rows) {
        return (int)
                rows.stream()
                        .flatMap(row -> keyIds(opened(row)).stream())
                        .filter(id -> !id.equals(PLAIN))
                        .count();
    }

    /**
     * A row's values, all that can be opened sealed with the newest key.
     *
     * @return nothing if that changes none, or there is no key
     */
    public Optional<List<String>> renewed(SecretRow row) {
        Optional<String> newest = keys.newest();
        List<String> before = keyIds(row);
        if (newest.isEmpty() || before.stream().allMatch(newest.get()::equals)) {
            return Optional.empty();
        }
        SecretRow open = opened(row);
        List<String> after = keyIds(open);
        // What stays closed stays as it is: there is nothing to do if that is all.
        boolean due =
                IntStream.range(0, before.size())
                        .anyMatch(
                                i ->
                                        after.get(i).equals(PLAIN)
                                                && !before.get(i).equals(newest.get()));
        UnaryOperator<String> seal =
                row.kind() == SecretRow.Kind.WEBHOOK ? this::sealHeader : this::sealJson;
        return due ? Optional.of(open.values().stream().map(seal).toList()) : Optional.empty();
    }

    private SecretRow opened(SecretRow row) {
        UnaryOperator<String> open =
                row.kind() == SecretRow.Kind.WEBHOOK ? this::openHeader : this::openJson;
        return new SecretRow(row.kind(), row.key(), row.values().stream().map(open).toList());
    }

    /** By which key each secret of a row is sealed, in the order in which they stand. */
    private static List<String> keyIds(SecretRow row) {
        if (row.kind() == SecretRow.Kind.WEBHOOK) {
            return row.values().stream()
                    .filter(value -> !value.isEmpty())
                    .map(
                            value ->
                                    SealedValue.isSealed(value)
                                            ? SealedValue.keyId(SealedValue.text(value))
                                            : PLAIN)
                    .toList();
        }
        List<String> ids = new ArrayList<>();
        String json = row.values().getFirst();
        if (mayBeIn(json)) {
            String _ =
                    replaced(
                            json,
                            (value, _) -> {
                                ids.add(
                                        SealedValue.isSealed(value)
                                                ? SealedValue.keyId(SealedValue.text(value))
                                                : PLAIN);
                                return value;
                            });
        }
        return ids;
    }

    private static boolean mayBeIn(String json) {
        return SettingsSecrets.mayBeIn(json) || Network.mayBeIn(json);
    }

    /**
     * Changes each secret, in settings, in a network and in an export's task.
     *
     * @param change of a text or a sealed value, and of what it is for
     */
    private static String replaced(String json, BiFunction<JsonNode, String, JsonNode> change) {
        ObjectNode parsed = Json.parseObject(json);
        SettingsSecrets.replaceAll(parsed, value -> change.apply(value, EMBEDDER));
        Network.replaceKeys(parsed, value -> change.apply(value, REMOTE));
        ExportDetails.replaceKey(parsed, value -> change.apply(value, EXPORT));
        return Json.text(parsed);
    }

    private JsonNode sealed(JsonNode value, String use) {
        return SealedValue.isSealed(value)
                ? value
                : SealedValue.inJson(keys.seal(value.stringValue(), use));
    }

    private JsonNode opened(JsonNode value, String use) {
        return SealedValue.isSealed(value)
                        && keys.open(SealedValue.text(value), use)
                                instanceof SealKeys.Content.Open open
                ? JsonNodeFactory.instance.stringNode(open.value())
                : value;
    }
}
