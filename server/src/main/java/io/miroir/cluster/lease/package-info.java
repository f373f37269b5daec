/** View leases: which pods' reads are new enough, and what may be told while they are not. */
@NullMarked
package io.miroir.cluster.lease;

import org.jspecify.annotations.NullMarked;
