/** Tests of exports. */
@NullMarked
package io.miroir.capability.leader.export;

import org.jspecify.annotations.NullMarked;
