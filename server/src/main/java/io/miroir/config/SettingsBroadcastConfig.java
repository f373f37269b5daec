package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Range;

/**
 * How settings reach all nodes as one.
 *
 * @param enabled off: settings can be read, not changed
 * @param strategy how they are rolled out
 * @param verifyTimeoutS how long a node that falls silent in the middle of a change is waited for
 * @param maxRepairRetries times that settings are sent again to a node that shows others
 * @param freezeWritesOnUnrepairable refuses writes while a node can't be brought to have them; else
 *     its replicas are not read any more
 */
public record SettingsBroadcastConfig(
        @Default("true") boolean enabled,
        @Default("two_phase") Strategy strategy,
        @Default("60") @Range(min = 1, max = 3600) int verifyTimeoutS,
        @Default("3") @Range(min = 0, max = 100) int maxRepairRetries,
        @Default("true") boolean freezeWritesOnUnrepairable) {

    /** Ways to roll out settings. */
    public enum Strategy {
        /** Group after group: sent, read back, then in force. */
        TWO_PHASE,
        /** The same, node after node. */
        SEQUENTIAL
    }
}
