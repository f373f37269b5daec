package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.keys.Action;
import io.miroir.api.keys.ApiKey;
import io.miroir.api.keys.Authorizer;
import io.miroir.api.keys.MasterKey;
import io.miroir.edge.http.Request;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who may ask what: the master key for clients, the admin key for operators. */
final class Auth {
    private static final String BEARER = "Bearer ";

    /** The master key alone opens routes; further keys belong to the keys routes. */
    private static final Authorizer.Keys NO_KEYS =
            new Authorizer.Keys() {
                @Override
                public @Nullable ApiKey byUid(String uid) {
                    return null;
                }

                @Override
                public @Nullable ApiKey byValue(String value) {
                    return null;
                }
            };

    private final Supplier<List<String>> masterKeys;
    private final Supplier<List<String>> adminKeys;
    private final InstantSource clock;
    private volatile Accepted accepted = new Accepted(List.of(), List.of());

    /** Who decides, for the keys that were good when it was made. */
    private record Accepted(List<String> keys, List<Authorizer> authorizers) {}

    /**
     * The rules. All keys of a list are good, so that one can be exchanged while clients ask.
     *
     * @param masterKeys none opens the client routes to everybody, as Meilisearch does without one
     * @param adminKeys none closes the operator's routes
     */
    Auth(Supplier<List<String>> masterKeys, Supplier<List<String>> adminKeys, InstantSource clock) {
        this.masterKeys = masterKeys;
        this.adminKeys = adminKeys;
        this.clock = clock;
    }

    /** Lets a client pass, or throws what Meilisearch answers. */
    void client(Request request, Action action, @Nullable String indexUid) {
        clientShowing(request.header("Authorization"), action, indexUid);
    }

    void clientShowing(@Nullable String shown, Action action, @Nullable String indexUid) {
        List<Authorizer> authorizers = authorizers();
        for (Authorizer older : authorizers.subList(1, authorizers.size())) {
            if (passes(older, shown, action, indexUid)) {
                return;
            }
        }
        authorizers.getFirst().authorize(shown, action, indexUid, clock.instant());
    }

    private boolean passes(
            Authorizer authorizer, @Nullable String shown, Action action, @Nullable String uid) {
        try {
            authorizer.authorize(shown, action, uid, clock.instant());
            return true;
        } catch (ApiException refused) {
            return false;
        }
    }

    /** One for each master key, at least one. */
    private List<Authorizer> authorizers() {
        List<String> keys = masterKeys.get();
        Accepted known = accepted;
        if (known.authorizers().isEmpty() || !known.keys().equals(keys)) {
            List<Authorizer> made =
                    keys.isEmpty()
                            ? List.of(new Authorizer(null, NO_KEYS))
                            : keys.stream()
                                    .map(key -> new Authorizer(new MasterKey(key), NO_KEYS))
                                    .toList();
            known = new Accepted(keys, made);
            accepted = known;
        }
        return known.authorizers();
    }

    /** Lets an operator pass, or throws. */
    void admin(Request request) {
        String bearer = request.header("Authorization");
        String shown = request.header("X-Admin-Key");
        if (shown == null && bearer != null && bearer.startsWith(BEARER)) {
            shown = bearer.substring(BEARER.length());
        }
        operatorShowing(shown);
    }

    void operatorShowing(@Nullable String shown) {
        if (shown == null || adminKeys.get().stream().noneMatch(key -> same(shown, key))) {
            throw new ApiException(
                    ErrorCode.MIROIR_INVALID_AUTH, "The admin key is missing or wrong.");
        }
    }

    private static boolean same(String left, String right) {
        return MessageDigest.isEqual(sha256(left), sha256(right));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
