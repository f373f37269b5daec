package io.miroir.edge;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.api.ApiException;
import io.miroir.api.keys.Action;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Keys of clients and operators are exchanged while they ask. */
class AuthTest {
    private final AtomicReference<List<String>> keys = new AtomicReference<>(List.of());
    private final Auth auth = new Auth(keys::get, keys::get, InstantSource.system());

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

    @Test
    void withoutKeysClientsAreLetInAndOperatorsAreNot() {
        assertDoesNotThrow(() -> auth.clientShowing(null, Action.SEARCH, "movies"));
        assertThrows(ApiException.class, () -> operator(""));
        assertThrows(ApiException.class, () -> auth.operatorShowing(null));
    }
}
