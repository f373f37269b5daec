/** Phase and holder of the leader's duties. */
@NullMarked
package io.miroir.store.lease;

import org.jspecify.annotations.NullMarked;
