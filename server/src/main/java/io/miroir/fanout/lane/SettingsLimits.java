package io.miroir.fanout.lane;

import java.time.Duration;

/**
 * How long nodes are given to come to new settings, and what is done with those that don't.
 *
 * @param verifyTimeout how long a node that is silent in the middle of a change is waited for
 * @param repairRetriesMax times that settings are sent again to a node that shows others
 * @param freeze true if the writes of an index are refused while a node can't be mended; false if
 *     that node's replicas go out instead
 * @param oneByOne node after node, also inside a group
 */
public record SettingsLimits(
        Duration verifyTimeout, int repairRetriesMax, boolean freeze, boolean oneByOne) {}
