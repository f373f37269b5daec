package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.EnvSecret;
import io.miroir.config.bind.Range;
import io.miroir.config.bind.Rate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The search page for end users.
 *
 * @param enabled off: the page is not served
 * @param path where it is served
 * @param widgetScriptEnabled serves the script for other pages
 * @param embeddable may stand in a frame
 * @param auth who may search
 * @param allowedOrigins origins that may open a session
 * @param scopedKeyMaxAgeDays life of the key that nodes are searched with
 * @param scopedKeyRotateBeforeExpiryDays how long before its end it is replaced
 * @param scopedKeyRotationDrainS how long the old key stays after its replacement
 * @param rateLimit searches
 * @param corsAllowedOrigins origins that may ask; empty is the same origin only
 * @param cspOverrides further sources of the page
 * @param csp content security policy
 * @param analytics what is told of clicks
 */
public record SearchUiConfig(
        @Default("true") boolean enabled,
        @Default("/ui/search") String path,
        @Default("true") boolean widgetScriptEnabled,
        @Default("true") boolean embeddable,
        Auth auth,
        @Default("['*']") @Range(min = 0, max = 64) List<String> allowedOrigins,
        @Default("60") @Range(min = 1, max = 3650) int scopedKeyMaxAgeDays,
        @Default("30") @Range(min = 1, max = 3650) int scopedKeyRotateBeforeExpiryDays,
        @Default("120") @Range(min = 0, max = 86400) int scopedKeyRotationDrainS,
        RateLimitConfig rateLimit,
        @Range(min = 0, max = 64) List<String> corsAllowedOrigins,
        CspOverrides cspOverrides,
        @Default("default-src 'self'; img-src 'self' https:; style-src 'self' 'unsafe-inline'")
                String csp,
        Analytics analytics) {

    /**
     * Who may search.
     *
     * @param mode how a visitor is known
     * @param sharedKeyEnv environment variable with the key of shared_key
     * @param sessionTtlS life of a session
     * @param sessionRateLimit sessions of one address
     * @param jwtSecretEnv environment variable with the key that signs sessions
     * @param jwtSecretPreviousEnv the former key, accepted while it is replaced
     * @param oauthProxy for oauth_proxy
     */
    public record Auth(
            @Default("public") Mode mode,
            @Default("") EnvSecret sharedKeyEnv,
            @Default("900") @Range(min = 10, max = 86400) int sessionTtlS,
            @Default("10/minute") Rate sessionRateLimit,
            @Default("SEARCH_UI_JWT_SECRET") EnvSecret jwtSecretEnv,
            @Default("SEARCH_UI_JWT_SECRET_PREVIOUS") EnvSecret jwtSecretPreviousEnv,
            OauthProxy oauthProxy) {}

    /** How a visitor is known. */
    public enum Mode {
        PUBLIC,
        SHARED_KEY,
        OAUTH_PROXY
    }

    /**
     * What a proxy in front says of the visitor.
     *
     * @param userHeader header with the user
     * @param groupsHeader header with the groups
     * @param filterTemplate filter put on every search; null for none
     * @param attributeMap names of the claims
     */
    public record OauthProxy(
            @Default("X-Forwarded-User") String userHeader,
            @Default("X-Forwarded-Groups") String groupsHeader,
            @Default("tenant IN [{groups}]") @Nullable String filterTemplate,
            @Default("{groups: groups_array, user: user_id_string}") @Range(min = 0, max = 64)
                    Map<String, String> attributeMap) {}

    /**
     * What is told of clicks.
     *
     * @param enabled off: nothing is told
     * @param sink where to
     */
    public record Analytics(@Default("false") boolean enabled, @Default("cdc") Sink sink) {}

    /** Where clicks are told. */
    public enum Sink {
        /** As change events. */
        CDC
    }
}
