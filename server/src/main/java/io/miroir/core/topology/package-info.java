/** The shape of the fleet: groups, nodes, shards, and what each replica has. */
@NullMarked
package io.miroir.core.topology;

import org.jspecify.annotations.NullMarked;
