/** Experimental features are switched once for the proxy and all nodes. */
@NullMarked
package io.miroir.capability.leader.features;

import org.jspecify.annotations.NullMarked;
