/** Snapshots of all nodes by one request. */
@NullMarked
package io.miroir.capability.leader.snapshot;

import org.jspecify.annotations.NullMarked;
