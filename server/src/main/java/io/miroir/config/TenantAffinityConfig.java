package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;
import java.util.List;
import java.util.Map;

/**
 * Which replica group answers which tenant.
 *
 * @param enabled off: any group answers
 * @param mode how a tenant is known
 * @param headerName header that names it
 * @param fallback group of a tenant that is not mapped
 * @param staticMap tenants with their group
 * @param dedicatedGroups groups for mapped tenants only
 */
public record TenantAffinityConfig(
        @Default("true") boolean enabled,
        @Default("header") Mode mode,
        @Default("X-Miroir-Tenant") String headerName,
        @Default("hash") Fallback fallback,
        @Range(min = 0, max = 10000) Map<String, Integer> staticMap,
        @Range(min = 0, max = 1024) List<Integer> dedicatedGroups) {

    /** Ways to know a tenant. */
    public enum Mode {
        HEADER,
        API_KEY,
        EXPLICIT
    }

    /** What becomes of a tenant without a group. */
    public enum Fallback {
        HASH,
        RANDOM,
        REJECT
    }
}
