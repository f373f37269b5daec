/** How the cluster comes to use what all its members know. */
@NullMarked
package io.miroir.cluster.format;

import org.jspecify.annotations.NullMarked;
