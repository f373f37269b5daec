package io.miroir.edge;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.keys.Action;
import io.miroir.api.keys.ApiKey;
import io.miroir.api.keys.IndexPattern;
import io.miroir.api.keys.KnownKeys;
import io.miroir.api.keys.MasterKey;
import io.miroir.api.keys.TestTokens;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Keys of clients and operators are exchanged while they ask. */
class AuthTest {
    private static final String MASTER = "master-key-of-tests-0123";
    private static final String OTHER_MASTER = "another-master-key-0123";
    private static final String UID = "6062abda-a5aa-4414-ac91-ecd7944c0f8d";

    private final AtomicReference<List<String>> keys = new AtomicReference<>(List.of());
    private final AtomicReference<KnownKeys> known = new AtomicReference<>(KnownKeys.of(List.of()));
    private final AtomicBoolean leased = new AtomicBoolean(true);
    private final Auth auth =
            new Auth(
                    keys::get,
                    keys::get,
                    master -> new ClientKeys(known::get, leased::get, master),
                    InstantSource.system());

    private void assertOpens(String key) {
        assertDoesNotThrow(() -> client(key), "as a client: " + key);
        assertDoesNotThrow(() -> operator(key), "as an operator: " + key);
    }

    private void assertCloses(String key) {
        assertThrows(ApiException.class, () -> client(key));
        assertThrows(ApiException.class, () -> operator(key));
    }

    private void client(String key) {
        auth.clientShowing("Bearer " + key, Action.SEARCH, "movies");
    }

    private void operator(String key) {
        auth.operatorShowing(key);
    }

    @Test
    void bothKeysAreGoodWhileTheyAreExchanged() {
        keys.set(List.of("the-first-key-0123"));
        assertOpens("the-first-key-0123");
        assertCloses("the-second-key-012");
        for (List<String> step :
                List.of(
                        List.of("the-first-key-0123", "the-second-key-012"),
                        List.of("the-second-key-012", "the-first-key-0123"))) {
            keys.set(step);
            assertOpens("the-first-key-0123");
            assertOpens("the-second-key-012");
            assertCloses("another-key-012345");
        }
        keys.set(List.of("the-second-key-012"));
        assertOpens("the-second-key-012");
        assertCloses("the-first-key-0123");
    }

    /** Protocol, rule 9: who can't know of revocations lets no key in that may be revoked. */
    @Test
    void withoutAViewLeaseOnlyTheMasterKeyOpens() {
        keys.set(List.of(MASTER));
        String value = new MasterKey(MASTER).valueOf(UID);
        known.set(KnownKeys.of(List.of(key())));
        assertDoesNotThrow(() -> client(value));
        leased.set(false);
        assertDoesNotThrow(() -> client(MASTER));
        for (String shown : List.of(value, tenantToken(value), "unknown-key-0123")) {
            ApiException refused = assertThrows(ApiException.class, () -> client(shown));
            assertEquals(ErrorCode.MIROIR_STALE_VIEW, refused.code());
        }
        leased.set(true);
        assertDoesNotThrow(() -> client(value));
        assertDoesNotThrow(() -> client(tenantToken(value)));
    }

    /** A key has a value under each master key that is good, and opens with any. */
    @Test
    void aKeyOpensUnderBothMasterKeysWhileTheyAreExchanged() {
        known.set(KnownKeys.of(List.of(key())));
        keys.set(List.of(MASTER, OTHER_MASTER));
        String first = new MasterKey(MASTER).valueOf(UID);
        String second = new MasterKey(OTHER_MASTER).valueOf(UID);
        assertDoesNotThrow(() -> client(first));
        assertDoesNotThrow(() -> client(second));
        assertEquals(first, auth.values().valueOf(UID));
        assertEquals(key(), auth.values().byValue(second));
        keys.set(List.of(OTHER_MASTER));
        assertThrows(ApiException.class, () -> client(first));
        known.set(KnownKeys.of(List.of()));
        assertThrows(ApiException.class, () -> client(second));
    }

    private static ApiKey key() {
        return new ApiKey(
                UID,
                new ApiKey.Label(null, null),
                new ApiKey.Grant(List.of(Action.SEARCH), List.of(new IndexPattern("movies")), null),
                Instant.EPOCH,
                Instant.EPOCH);
    }

    private static String tenantToken(String value) {
        return TestTokens.of(UID, value, "[\"*\"]");
    }

    @Test
    void withoutKeysClientsAreLetInAndOperatorsAreNot() {
        assertDoesNotThrow(() -> auth.clientShowing(null, Action.SEARCH, "movies"));
        assertThrows(ApiException.class, () -> operator(""));
        assertThrows(ApiException.class, () -> auth.operatorShowing(null));
    }
}
