/** Routes that the pod and the embedded node answer alike, and what these ask of either. */
@NullMarked
package io.miroir.edge.shared;

import org.jspecify.annotations.NullMarked;
