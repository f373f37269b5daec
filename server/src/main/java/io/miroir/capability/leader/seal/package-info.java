/** Brings all that is secret in the task store under the newest seal key. */
@NullMarked
package io.miroir.capability.leader.seal;

import org.jspecify.annotations.NullMarked;
