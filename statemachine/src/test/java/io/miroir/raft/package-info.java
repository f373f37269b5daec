/** Tests of the replicated store. */
@NullMarked
package io.miroir.raft;

import org.jspecify.annotations.NullMarked;
