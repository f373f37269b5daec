/** Tests of what seals rows anew. */
@NullMarked
package io.miroir.capability.leader.seal;

import org.jspecify.annotations.NullMarked;
