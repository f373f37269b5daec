/** Whom to ask and whom to write to, decided from what the pod believes. */
@NullMarked
package io.miroir.core.plan;

import org.jspecify.annotations.NullMarked;
