package io.miroir.cluster.seal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.SealedValue;
import io.miroir.api.settings.NodeSettings;
import io.miroir.api.settings.Settings;
import io.miroir.api.settings.SettingsSecrets;
import io.miroir.api.webhooks.Webhook;
import io.miroir.store.seal.SecretRow;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which values of rows are sealed, and what becomes of those that can't be opened. */
class StoredSecretsTest {
    private static final String OLD = "old-seal-key-0123456789-0123456789";
    private static final String NEW = "new-seal-key-0123456789-0123456789";

    private static final String SETTINGS =
            """
            {"synonyms":{"apiKey":["key"]},"embedders":{\
            "headers":{"source":"openAi","apiKey":"sk-0123456789012345678901234567890","model":"m"},\
            "r":{"source":"rest","url":"http://e","headers":{"X-Auth":"token-of-rest"}},\
            "c":{"source":"composite","searchEmbedder":{"apiKey":"sk-inner"}},\
            "gone":null}}""";

    private static StoredSecrets secrets(String... keys) {
        return new StoredSecrets(new SealKeys(() -> List.of(keys), new SecureRandom()));
    }

    private static String id(String key) {
        return secrets(key).newest().orElseThrow();
    }

    private static SecretRow index(String json) {
        return new SecretRow(SecretRow.Kind.INDEX, "1", List.of(json));
    }

    private static SecretRow webhook(String... values) {
        return new SecretRow(SecretRow.Kind.WEBHOOK, "u", List.of(values));
    }

    @Test
    void keysAndHeadersOfEmbeddersAreSealedAndNothingElse() {
        String sealed = secrets(OLD).sealJson(SETTINGS);
        for (String secret : List.of("sk-0123", "token-of-rest", "sk-inner")) {
            assertFalse(sealed.contains(secret), sealed);
        }
        for (String open : List.of("\"key\"", "\"m\"", "http://e", "X-Auth", "\"gone\":null")) {
            assertTrue(sealed.contains(open), sealed);
        }
        assertEquals(SETTINGS, secrets(NEW, OLD).openJson(sealed));
        // Sealing twice seals once.
        assertEquals(sealed, secrets(NEW, OLD).sealJson(sealed));
    }

    /** A URL that names nobody is shown by what it is; one that does is a secret as a whole. */
    @Test
    void anEmbeddersUrlIsSealedIfItNamesAUser() {
        String settings = "{\"embedders\":{\"e\":{\"source\":\"rest\",\"url\":\"%s\"}}}";
        for (String secret :
                List.of("https://me:pass-1234@host/v1?a=b", "HTTP://token-1234@host:80")) {
            String plain = settings.formatted(secret);
            String sealed = secrets(OLD).sealJson(plain);
            assertFalse(sealed.contains("1234"), sealed);
            assertEquals(plain, secrets(NEW, OLD).openJson(sealed));
            assertEquals(Map.of(id(OLD), 1), StoredSecrets.count(List.of(index(sealed))));
            assertEquals(Map.of("plain", 1), StoredSecrets.count(List.of(index(plain))));
        }
        for (String open : List.of("https://host/v1", "https://host/@me", "me@host", "")) {
            String plain = settings.formatted(open);
            assertEquals(plain, secrets(OLD).sealJson(plain));
        }
    }

    @Test
    void theSettingsInsideOfATasksDetailsAreSealedAsWell() {
        String details = "{\"searchCutoffMs\":5,\"_miroir\":{\"settings\":" + SETTINGS + "}}";
        String sealed = secrets(OLD).sealJson(details);
        assertFalse(sealed.contains("token-of-rest"), sealed);
        assertEquals(details, secrets(OLD).openJson(sealed));
    }

    /** Who has a backup could have its secrets told otherwise, by a task that shows its context. */
    @Test
    void aSealedValueInTheContextOfAnEditIsNotOpened() {
        String sealed = secrets(OLD).sealJson(SETTINGS);
        String details = "{\"context\":" + sealed + ",\"function\":\"f\"}";
        assertEquals(details, secrets(OLD).sealJson(details));
        assertEquals(details, secrets(OLD).openJson(details));
    }

    @Test
    void keysOfRemotesAreSealed() {
        String network =
                "{\"self\":\"a\",\"remotes\":{\"a\":{\"url\":\"http://a\",\"searchApiKey\":"
                        + "\"key-of-a\",\"writeApiKey\":null}}}";
        String sealed = secrets(OLD).sealJson(network);
        assertFalse(sealed.contains("key-of-a"), sealed);
        assertTrue(sealed.contains("http://a"), sealed);
        assertEquals(network, secrets(NEW, OLD).openJson(sealed));
        SecretRow row = new SecretRow(SecretRow.Kind.CLIENT_OBJECT, "network", List.of(sealed));
        assertEquals(Map.of(id(OLD), 1), StoredSecrets.count(List.of(row)));
        String renewed = secrets(NEW, OLD).renewed(row).orElseThrow().getFirst();
        assertEquals(network, secrets(NEW).openJson(renewed));
    }

    @Test
    void withoutAKeyEverythingStaysAsItIs() {
        assertEquals(SETTINGS, secrets().sealJson(SETTINGS));
        assertEquals("value", secrets().sealHeader("value"));
        assertEquals(Optional.empty(), secrets().renewed(index(SETTINGS)));
        assertEquals(List.of(), secrets().obstacles(new TreeMap<>(Map.of("plain", 3))));
    }

    @Test
    void whatCantBeOpenedIsShownMaskedAndGivenToNobody() {
        String closed = secrets(NEW).openJson(secrets(OLD).sealJson(SETTINGS));
        assertEquals(
                "XXX...",
                Settings.shown(Json.parseObject(closed))
                        .at("/embedders/r/headers/X-Auth")
                        .asString());
        ApiException why =
                assertThrows(
                        ApiException.class,
                        () -> SettingsSecrets.requireOpen(Json.parse(closed), "index `i`"));
        assertEquals(ErrorCode.MIROIR_SEAL_KEY_MISSING, why.code());
        assertTrue(why.text().contains(id(OLD)), why::text);

        String header = secrets(NEW).openHeader(secrets(OLD).sealHeader("Basic abc"));
        Webhook webhook = new Webhook("u", "http://w", Map.of("x-any", header));
        assertEquals("XXX...", webhook.toJson().at("/headers/x-any").asString());
        assertThrows(
                ApiException.class, () -> Webhook.requireOpen(webhook.uuid(), webhook.headers()));
    }

    /** What a client hands over is never taken for a sealed value. */
    @Test
    void clientsCantHandOverSealedValues() {
        String sealed = secrets(OLD).sealJson(SETTINGS);
        assertThrows(
                ApiException.class, () -> NodeSettings.refuseReserved(Json.parseObject(sealed)));
        String header = secrets(OLD).sealHeader("value");
        assertThrows(
                ApiException.class,
                () ->
                        Webhook.create(
                                "u",
                                Json.object()
                                        .put("url", "http://w")
                                        .set("headers", Json.object().put("x", header))));
    }

    @Test
    void rowsAreSealedAnewWithTheNewestKey() {
        SecretRow plain = index(SETTINGS);
        SecretRow old = index(secrets(OLD).renewed(plain).orElseThrow().getFirst());
        assertEquals(Map.of("plain", 3), StoredSecrets.count(List.of(plain)));
        assertEquals(Map.of(id(OLD), 3), StoredSecrets.count(List.of(old)));
        assertEquals(Optional.empty(), secrets(OLD).renewed(old));
        // A key that is second opens, and is not what rows are sealed with.
        assertEquals(Optional.empty(), secrets(OLD, NEW).renewed(old));
        SecretRow renewed = index(secrets(NEW, OLD).renewed(old).orElseThrow().getFirst());
        assertEquals(Map.of(id(NEW), 3), StoredSecrets.count(List.of(renewed)));
        assertEquals(SETTINGS, secrets(NEW).openJson(renewed.values().getFirst()));

        SecretRow hook = webhook("one", "", secrets(OLD).sealHeader("two"));
        List<String> sealed = secrets(NEW, OLD).renewed(hook).orElseThrow();
        assertEquals(
                List.of("one", "", "two"), sealed.stream().map(secrets(NEW)::openHeader).toList());
        assertEquals(
                Map.of(id(NEW), 2),
                StoredSecrets.count(List.of(webhook(sealed.get(0), "", sealed.get(2)))));
    }

    /** Nothing is lost of a value whose key is gone, and nobody tries for ever. */
    @Test
    void whatCantBeOpenedStaysUnderItsKey() {
        SecretRow mixed = webhook("plain", secrets(OLD).sealHeader("lost"));
        List<String> once = secrets(NEW).renewed(mixed).orElseThrow();
        assertEquals(mixed.values().get(1), once.get(1));
        SecretRow after = webhook(once.get(0), once.get(1));
        assertEquals(Optional.empty(), secrets(NEW).renewed(after));
        assertEquals(1, secrets(NEW).closed(List.of(after)));
        assertEquals(0, secrets(NEW, OLD).closed(List.of(after)));
        assertEquals(
                List.of("secrets sealed with " + id(OLD) + ", not with " + id(NEW) + " yet: 1"),
                secrets(NEW).obstacles(StoredSecrets.count(List.of(after))));
    }

    @Test
    void aHeaderIsSealedOnce() {
        String sealed = secrets(OLD).sealHeader("value");
        assertTrue(SealedValue.isSealed(sealed));
        assertEquals(sealed, secrets(OLD).sealHeader(sealed));
    }
}
