/** Tests of bringing replicas back. */
@NullMarked
package io.miroir.fanout.copy;

import org.jspecify.annotations.NullMarked;
