/** Dumps of the whole cluster, in the format of one Meilisearch. */
@NullMarked
package io.miroir.capability.leader.dump;

import org.jspecify.annotations.NullMarked;
