/**
 * Finds nodes whose settings were changed behind our back, so that they get those in force again.
 */
@NullMarked
package io.miroir.capability.partitioned.drift;

import org.jspecify.annotations.NullMarked;
