package io.miroir.config;

import java.util.List;

/**
 * Sections that are read and checked, while what they ask for is not there yet: nobody should
 * believe that it is. Who builds one takes its name off.
 */
final class NotYet {
    private static final List<String> SECTIONS =
            List.of(
                    "tracing",
                    "connection_pool_per_node",
                    "peer_discovery",
                    "resharding",
                    "hedging",
                    "replica_selection",
                    "dump_import",
                    "query_coalescing",
                    "vector_search",
                    "cdc",
                    "ttl",
                    "tenant_affinity",
                    "shadow",
                    "ilm",
                    "canary_runner",
                    "admin_ui",
                    "explain",
                    "search_ui");

    private NotYet() {}

    static void check(MiroirConfig config, RuleReport report) {
        if (!config.scatter().retryOnTimeout()) {
            report.warn(
                    "scatter.retry_on_timeout",
                    "`false` has no effect yet: another replica is asked after every failure");
        }
        for (String section : SECTIONS) {
            if (report.isWritten(section) && !report.isSwitchedOff(section)) {
                report.warn(section, "read and checked, but this version does not do it yet");
            }
        }
    }
}
