package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * How settings reach all nodes as one.
 *
 * @param enabled off: settings can be read, not changed
 * @param strategy how they are rolled out
 * @param verifyTimeoutS longest wait for a node to show the new settings
 * @param maxRepairRetries attempts on a node that shows others
 * @param freezeWritesOnUnrepairable refuses writes while nodes differ
 */
public record SettingsBroadcastConfig(
        @Default("true") boolean enabled,
        @Default("two_phase") Strategy strategy,
        @Default("60") @Range(min = 1, max = 3600) int verifyTimeoutS,
        @Default("3") @Range(min = 0, max = 100) int maxRepairRetries,
        @Default("true") boolean freezeWritesOnUnrepairable) {

    /** Ways to roll out settings. */
    public enum Strategy {
        /** Propose to all, read back, then commit. */
        TWO_PHASE,
        /** Node after node. */
        SEQUENTIAL
    }
}
