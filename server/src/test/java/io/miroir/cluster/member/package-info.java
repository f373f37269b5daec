/** Tests of how a pod enters its cluster. */
@NullMarked
package io.miroir.cluster.member;

import org.jspecify.annotations.NullMarked;
