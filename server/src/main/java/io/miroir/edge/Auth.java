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

    private final Authorizer authorizer;
    private final String adminKey;
    private final InstantSource clock;

    /**
     * The rules.
     *
     * @param masterKey empty opens the client routes to everybody, as Meilisearch does without one
     * @param adminKey empty closes the operator's routes
     */
    Auth(String masterKey, String adminKey, InstantSource clock) {
        this.authorizer =
                new Authorizer(masterKey.isEmpty() ? null : new MasterKey(masterKey), NO_KEYS);
        this.adminKey = adminKey;
        this.clock = clock;
    }

    /** Lets a client pass, or throws what Meilisearch answers. */
    void client(Request request, Action action, @Nullable String indexUid) {
        authorizer.authorize(request.header("Authorization"), action, indexUid, clock.instant());
    }

    /** Lets an operator pass, or throws. */
    void admin(Request request) {
        String bearer = request.header("Authorization");
        String shown = request.header("X-Admin-Key");
        if (shown == null && bearer != null && bearer.startsWith(BEARER)) {
            shown = bearer.substring(BEARER.length());
        }
        if (adminKey.isEmpty() || shown == null || !same(shown, adminKey)) {
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
