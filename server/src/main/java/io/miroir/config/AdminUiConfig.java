package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Env;
import io.miroir.config.bind.Range;
import io.miroir.config.bind.Secret;
import java.util.List;

/**
 * The operator's web page.
 *
 * @param enabled off: the page is not served
 * @param path where it is served
 * @param auth who may see it
 * @param sealKey seals session cookies: the same on all pods
 * @param sessionTtlS life of a login
 * @param readOnlyMode hides everything that writes
 * @param rateLimit login attempts
 * @param allowedOrigins origins that may log in
 * @param corsAllowedOrigins origins that may ask; empty is the same origin only
 * @param cspOverrides further sources of the page
 * @param theme how it looks
 * @param features what it shows
 */
public record AdminUiConfig(
        @Default("true") boolean enabled,
        @Default("/_miroir/admin") String path,
        @Default("key") Auth auth,
        @Env("ADMIN_SESSION_SEAL_KEY") Secret sealKey,
        @Default("3600") @Range(min = 60, max = 2592000) int sessionTtlS,
        @Default("false") boolean readOnlyMode,
        RateLimitConfig rateLimit,
        @Default("[same-origin]") @Range(min = 0, max = 64) List<String> allowedOrigins,
        @Range(min = 0, max = 64) List<String> corsAllowedOrigins,
        CspOverrides cspOverrides,
        Theme theme,
        Features features) {

    /** Who may see the page. */
    public enum Auth {
        /** Who has the admin key. */
        KEY,
        /** Anyone: for development. */
        NONE
    }

    /**
     * How the page looks.
     *
     * @param accentColor as CSS writes it
     * @param defaultMode light or dark
     */
    public record Theme(
            @Default("#2563eb") String accentColor, @Default("auto") ColorMode defaultMode) {}

    /** Light or dark. */
    public enum ColorMode {
        AUTO,
        LIGHT,
        DARK
    }

    /**
     * What the page shows.
     *
     * @param sandbox trying queries
     * @param shadowViewer differences of the shadow
     * @param cdcInspector the change stream
     */
    public record Features(
            @Default("true") boolean sandbox,
            @Default("true") boolean shadowViewer,
            @Default("true") boolean cdcInspector) {}
}
