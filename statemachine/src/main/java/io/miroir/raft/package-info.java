/** The replicated task store: Ratis around the appliers. */
@NullMarked
package io.miroir.raft;

import org.jspecify.annotations.NullMarked;
