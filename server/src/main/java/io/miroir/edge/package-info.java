/** The pod's HTTP surface: routes, keys, limits, and the request path into the journeys. */
@NullMarked
package io.miroir.edge;

import org.jspecify.annotations.NullMarked;
