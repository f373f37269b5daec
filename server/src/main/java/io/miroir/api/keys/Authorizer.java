package io.miroir.api.keys;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.HeaderText;
import io.miroir.api.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;

/** Decides whether a request may pass, by its {@code Authorization} header. */
public final class Authorizer {
    private static final String SCHEME = "Bearer";

    private final @Nullable Secrets secrets;

    private record Secrets(MasterKey master, Keys keys) {}

    /** Where keys are kept. */
    public interface Keys {
        /** The key with that uid, or null. */
        @Nullable ApiKey byUid(String uid);

        /** The key with that secret value, or null; takes equally long for any wrong value. */
        @Nullable ApiKey byValue(String value);
    }

    private Authorizer(@Nullable Secrets secrets) {
        this.secrets = secrets;
    }

    /** Asks for the master key, or a key or token under it. */
    public static Authorizer of(MasterKey master, Keys keys) {
        return new Authorizer(new Secrets(master, keys));
    }

    /** Opens every route except those of keys, as Meilisearch does without a master key. */
    public static Authorizer open() {
        return new Authorizer(null);
    }

    /**
     * Lets a request pass, or throws.
     *
     * @param authorization the header as sent, null without one
     * @param action what the route does
     * @param indexUid the index in its path; null without one
     */
    public Access authorize(
            @Nullable String authorization, Action action, @Nullable String indexUid, Instant now) {
        String token = token(authorization);
        if (secrets == null) {
            return withoutMasterKey(action);
        }
        if (token == null) {
            throw missingHeader();
        }
        return secrets.master().is(token)
                ? Access.full()
                : byKey(secrets, token, action, indexUid, now);
    }

    private static Access withoutMasterKey(Action action) {
        boolean keysRoute = action.wireName().startsWith("keys.");
        if (keysRoute) {
            throw new ApiException(
                    ErrorCode.MISSING_MASTER_KEY,
                    "Meilisearch is running without a master key. To access this API endpoint, you"
                            + " must have set a master key at launch.");
        }
        return Access.full();
    }

    private static Access byKey(
            Secrets secrets, String token, Action action, @Nullable String indexUid, Instant now) {
        Access access = accessOf(secrets, token, action, now);
        ApiKey key = access.key();
        if (key == null) {
            throw invalidKey();
        }
        if (indexUid != null) {
            checkIndex(access, key, indexUid);
        }
        boolean granted = key.grant().actions().stream().anyMatch(held -> held.grants(action));
        boolean scoped =
                indexUid != null
                        || key.grant().reachesAll()
                        || (action.scope() == Action.Scope.BY_ROUTE
                                && !key.grant().indexes().isEmpty());
        if (!granted || !scoped || !key.grant().isLiveAt(now)) {
            throw invalidKey();
        }
        return access;
    }

    private static Access accessOf(Secrets secrets, String token, Action action, Instant now) {
        Keys keys = secrets.keys();
        if (action == Action.SEARCH || action == Action.CHAT_COMPLETIONS) {
            switch (TenantToken.read(token, secrets.master(), now)) {
                case TenantToken.Outcome.Valid(TenantToken valid) -> {
                    return new Access(keys.byUid(valid.keyUid()), valid.rules());
                }
                case TenantToken.Outcome.Refused(String message) ->
                        throw new ApiException(ErrorCode.INVALID_API_KEY, message);
                case TenantToken.Outcome.NotAToken() -> {
                    return new Access(keys.byValue(token), null);
                }
            }
        }
        return new Access(keys.byValue(token), null);
    }

    private static void checkIndex(Access access, ApiKey key, String indexUid) {
        SearchRules rules = access.rules();
        if (rules != null && !rules.allows(indexUid)) {
            throw new ApiException(
                    ErrorCode.INVALID_API_KEY,
                    "The provided tenant token cannot acces the index `"
                            + indexUid
                            + "`, allowed indexes are "
                            + listed(rules.patterns())
                            + ".");
        }
        if (key.grant().reaches(indexUid)) {
            return;
        }
        // What the key behind a token may touch is not the token bearer's business.
        throw new ApiException(
                ErrorCode.INVALID_API_KEY,
                rules != null
                        ? "The API key used to generate this tenant token cannot acces the index `"
                                + indexUid
                                + "`."
                        : "The API key cannot acces the index `"
                                + indexUid
                                + "`, authorized indexes are "
                                + listed(
                                        key.grant().indexes().stream()
                                                .map(IndexPattern::text)
                                                .sorted()
                                                .toList())
                                + ".");
    }

    private static String listed(List<String> words) {
        ArrayNode array = Json.array();
        words.forEach(array::add);
        return Json.text(array).replace("\",\"", "\", \"");
    }

    private static @Nullable String token(@Nullable String authorization) {
        if (authorization == null) {
            return null;
        }
        if (!HeaderText.isVisible(authorization)) {
            // As if there were none.
            throw missingHeader();
        }
        int space = authorization.indexOf(' ');
        String scheme = space < 0 ? authorization : authorization.substring(0, space);
        if (!scheme.equals(SCHEME)) {
            throw missingHeader();
        }
        if (space < 0) {
            throw invalidKey();
        }
        return authorization.substring(space + 1);
    }

    private static ApiException missingHeader() {
        return new ApiException(
                ErrorCode.MISSING_AUTHORIZATION_HEADER,
                "The Authorization header is missing. It must use the bearer authorization"
                        + " method.");
    }

    /** The error of a request that its key does not allow. */
    public static ApiException invalidKey() {
        return new ApiException(ErrorCode.INVALID_API_KEY, "The provided API key is invalid.");
    }
}
