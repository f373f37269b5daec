package io.miroir.cluster.seal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.miroir.api.SealedValue;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A sealed value opens with its key, for its use, as it was sealed, and not otherwise. */
class SealKeysTest {
    private static final String OLD = "old-seal-key-0123456789-0123456789";
    private static final String NEW = "new-seal-key-0123456789-0123456789";
    private static final String SECRET = "sk-the-client's-own-schlüssel";

    private static SealKeys keys(String... secrets) {
        return new SealKeys(() -> List.of(secrets), new SecureRandom());
    }

    private static void assertOpens(SealKeys keys, String sealed) {
        assertEquals(new SealKeys.Content.Open(SECRET), keys.open(sealed, "use"));
    }

    @Test
    void whatIsSealedOpensOnEveryPodWithTheKeyAndLooksOtherEachTime() {
        String sealed = keys(OLD).seal(SECRET, "use");
        assertOpens(keys(OLD), sealed);
        assertNotEquals(sealed, keys(OLD).seal(SECRET, "use"));
        assertEquals(Optional.of(SealedValue.keyId(sealed)), keys(OLD).newest());
    }

    @Test
    void theFirstKeySealsAndAllOpen() {
        AtomicReference<List<String>> file = new AtomicReference<>(List.of(OLD));
        SealKeys keys = new SealKeys(file::get, new SecureRandom());
        String before = keys.seal(SECRET, "use");
        file.set(List.of(OLD, NEW));
        assertEquals(SealedValue.keyId(before), SealedValue.keyId(keys.seal(SECRET, "use")));
        file.set(List.of(NEW, OLD));
        String after = keys.seal(SECRET, "use");
        assertNotEquals(SealedValue.keyId(before), SealedValue.keyId(after));
        assertOpens(keys, before);
        assertOpens(keys, after);
        file.set(List.of(NEW));
        assertOpens(keys, after);
        assertEquals(
                new SealKeys.Content.NoKey(SealedValue.keyId(before)), keys.open(before, "use"));
    }

    @Test
    void anotherKeyAnotherUseAndNoKeyOpenNothing() {
        String sealed = keys(OLD).seal(SECRET, "use");
        String id = SealedValue.keyId(sealed);
        assertEquals(new SealKeys.Content.NoKey(id), keys(NEW).open(sealed, "use"));
        assertEquals(new SealKeys.Content.NoKey(id), keys().open(sealed, "use"));
        assertEquals(new SealKeys.Content.Damaged(id), keys(OLD).open(sealed, "other use"));
        // One that claims to be of a key that it is not of.
        String newId = keys(NEW).newest().orElseThrow();
        assertEquals(
                new SealKeys.Content.Damaged(newId),
                keys(NEW).open(newId + sealed.substring(id.length()), "use"));
        assertThrows(IllegalStateException.class, () -> keys().seal(SECRET, "use"));
    }

    @Test
    void noBitMayBeAnother() {
        SealKeys keys = keys(OLD);
        String sealed = keys.seal(SECRET, "use");
        String id = SealedValue.keyId(sealed);
        byte[] bytes = Base64.getDecoder().decode(sealed.substring(id.length() + 1));
        for (int i = 0; i < bytes.length; i++) {
            byte[] other = bytes.clone();
            other[i] ^= 1;
            String text = id + '.' + Base64.getEncoder().withoutPadding().encodeToString(other);
            assertEquals(new SealKeys.Content.Damaged(id), keys.open(text, "use"), text);
        }
    }

    @Test
    void noByteMayBeMissingOrAdded() {
        SealKeys keys = keys(OLD);
        String sealed = keys.seal(SECRET, "use");
        for (int length = 0; length < sealed.length(); length++) {
            SealKeys.Content content = keys.open(sealed.substring(0, length), "use");
            if (length < SealedValue.keyId(sealed).length()) {
                assertInstanceOf(SealKeys.Content.NoKey.class, content);
            } else {
                assertInstanceOf(SealKeys.Content.Damaged.class, content);
            }
        }
        byte[] more = "more".getBytes(StandardCharsets.US_ASCII);
        assertInstanceOf(
                SealKeys.Content.Damaged.class,
                keys.open(sealed + Base64.getEncoder().encodeToString(more), "use"));
        assertInstanceOf(SealKeys.Content.Damaged.class, keys.open(sealed + "%", "use"));
    }
}
