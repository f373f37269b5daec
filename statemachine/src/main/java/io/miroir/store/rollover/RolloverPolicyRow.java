package io.miroir.store.rollover;

/** One rollover policy; the JSON columns are those of the configuration. */
public record RolloverPolicyRow(
        String name,
        String writeAlias,
        String readAlias,
        String pattern,
        String triggersJson,
        String retentionJson,
        String templateJson,
        boolean enabled) {}
