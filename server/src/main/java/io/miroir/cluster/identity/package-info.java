/** Who a node is: whether the server that answers in its name is the one that it was. */
@NullMarked
package io.miroir.cluster.identity;

import org.jspecify.annotations.NullMarked;
