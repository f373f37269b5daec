package io.miroir.capability.leader.dump;

import io.miroir.api.Json;
import io.miroir.api.SealedValue;
import io.miroir.api.Timestamps;
import io.miroir.api.keys.ApiKey;
import io.miroir.api.network.Network;
import io.miroir.api.rules.RuleList;
import io.miroir.api.settings.Setting;
import io.miroir.api.settings.SettingsSecrets;
import io.miroir.api.webhooks.Webhook;
import io.miroir.store.index.IndexRow;
import io.miroir.store.webhook.WebhookRow;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What stands in the files of a dump of version 6, as Meilisearch 1.50 reads them. */
final class DumpWords {
    private static final DateTimeFormatter UID =
            DateTimeFormatter.ofPattern("uuuuMMdd-HHmmssSSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final String RULE_SETTINGS =
            """
            {"searchableAttributes": ["conditions.query.words", "description"],
             "filterableAttributes": [
              {"attributePatterns": ["active"],
               "features": {"facetSearch": false, "filter": {"equality": true, "comparison": false}}},
              {"attributePatterns": ["conditions.time.start"],
               "features": {"facetSearch": false, "filter": {"equality": true, "comparison": true}}},
              {"attributePatterns": ["conditions.time.end"],
               "features": {"facetSearch": false, "filter": {"equality": true, "comparison": true}}},
              {"attributePatterns": ["conditions.query.isEmpty"],
               "features": {"facetSearch": false, "filter": {"equality": true, "comparison": false}}}],
             "sortableAttributes": ["precedence"],
             "proximityPrecision": "byAttribute",
             "typoTolerance": {"enabled": false, "disableOnNumbers": true},
             "facetSearch": false,
             "prefixSearch": "disabled"}
            """;

    private DumpWords() {}

    /** The name of a dump that is begun then. */
    static String uid(Instant begun) {
        return UID.format(begun);
    }

    /** What format it is. */
    static ObjectNode metadata(String meilisearchVersion, Instant begun) {
        ObjectNode json = Json.object();
        json.put("dumpVersion", "V6");
        json.put("dbVersion", meilisearchVersion);
        json.put("dumpDate", Timestamps.rfc3339(begun));
        return json;
    }

    /** A key without its value, which follows from the master key. */
    static ObjectNode key(ApiKey key) {
        ObjectNode api = key.toJson("");
        ObjectNode json = Json.object();
        for (String text : List.of("description", "name")) {
            if (!api.path(text).isNull()) {
                json.set(text, api.path(text));
            }
        }
        json.set("uid", api.path("uid"));
        json.set("actions", api.path("actions"));
        json.set("indexes", api.path("indexes"));
        json.set("expires_at", api.path("expiresAt"));
        json.set("created_at", api.path("createdAt"));
        json.set("updated_at", api.path("updatedAt"));
        return json;
    }

    /** What an index is, under a name that it may have had earlier. */
    static ObjectNode index(String uid, IndexRow row) {
        return index(uid, row.primaryKey(), row.createdAt(), row.updatedAt());
    }

    /**
     * What the index is that a Meilisearch has its dynamic search rules in.
     *
     * @param updatedAt when they were last changed
     */
    static ObjectNode ruleIndex(long updatedAt) {
        return index(RuleList.INDEX, "uid", updatedAt, updatedAt);
    }

    /** The settings by which a Meilisearch finds rules in that index. */
    static ObjectNode ruleSettings() {
        return Json.parseObject(RULE_SETTINGS);
    }

    private static ObjectNode index(
            String uid, @Nullable String primaryKey, long createdAt, long updatedAt) {
        ObjectNode json = Json.object();
        json.put("uid", uid);
        json.put("primaryKey", primaryKey);
        json.put("createdAt", Timestamps.rfc3339(instant(createdAt)));
        json.put("updatedAt", Timestamps.rfc3339(instant(updatedAt)));
        return json;
    }

    /**
     * The client's settings with their secrets.
     *
     * @throws io.miroir.api.ApiException if one can't be opened
     */
    static ObjectNode settings(IndexRow row) {
        ObjectNode settings = Json.parseObject(row.settingsJson());
        SettingsSecrets.requireOpen(settings, "index `" + row.uid() + "`");
        for (JsonNode embedder : settings.path(Setting.EMBEDDERS.key())) {
            // An import takes one without a pooling for one of before 1.14, which had another.
            if (embedder instanceof ObjectNode object
                    && object.path("source").asString("").equals("huggingFace")
                    && !object.hasNonNull("pooling")) {
                object.put("pooling", "useModel");
            }
        }
        return settings;
    }

    /**
     * All webhooks, with the values of their headers.
     *
     * @throws io.miroir.api.ApiException if one can't be opened
     */
    static ObjectNode webhooks(List<WebhookRow> rows) {
        ObjectNode json = Json.object();
        ObjectNode webhooks = json.putObject("webhooks");
        for (WebhookRow row : rows) {
            ObjectNode webhook = webhooks.putObject(row.uuid()).put("url", row.url());
            ObjectNode headers = webhook.putObject("headers");
            Webhook.requireOpen(row.uuid(), row.headers());
            row.headers().forEach(headers::put);
        }
        return json;
    }

    /**
     * The network that clients told of, with its keys.
     *
     * @throws io.miroir.api.ApiException if one can't be opened
     */
    static ObjectNode network(Network network) {
        Network.replaceKeys(
                network.json(),
                key -> {
                    if (SealedValue.isSealed(key)) {
                        throw SealedValue.closed("the network", SealedValue.text(key));
                    }
                    return key;
                });
        return network.json();
    }

    static Instant instant(long epochMicros) {
        return Instant.EPOCH.plus(epochMicros, ChronoUnit.MICROS);
    }
}
