/**
 * Tells webhooks of tasks that ended: on the leader, at least once, in spite of receivers that
 * fail.
 */
@NullMarked
package io.miroir.capability.leader.webhook;

import org.jspecify.annotations.NullMarked;
