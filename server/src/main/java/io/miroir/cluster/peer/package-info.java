/** What pods say to each other over gRPC: liveness, and writes passed on to their lane's owner. */
@NullMarked
package io.miroir.cluster.peer;

import org.jspecify.annotations.NullMarked;
