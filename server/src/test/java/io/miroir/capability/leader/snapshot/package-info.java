/** Tests of snapshots. */
@NullMarked
package io.miroir.capability.leader.snapshot;

import org.jspecify.annotations.NullMarked;
