/** How a pod enters its cluster: who it is, whether it forms, opens or joins one. */
@NullMarked
package io.miroir.cluster.member;

import org.jspecify.annotations.NullMarked;
