/** Tests of who a node is. */
@NullMarked
package io.miroir.cluster.identity;

import org.jspecify.annotations.NullMarked;
