/** Tests of dumps. */
@NullMarked
package io.miroir.capability.leader.dump;

import org.jspecify.annotations.NullMarked;
