/** The one hash function of Miroir: XXH64, written out so that every pod and version agrees. */
@NullMarked
package io.miroir.core.hash;

import org.jspecify.annotations.NullMarked;
