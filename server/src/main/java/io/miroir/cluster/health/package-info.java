/** Which nodes answer: asked at intervals, and learned from every exchange with them. */
@NullMarked
package io.miroir.cluster.health;

import org.jspecify.annotations.NullMarked;
