/** Tests of bringing replicas back. */
@NullMarked
package io.miroir.core.repair;

import org.jspecify.annotations.NullMarked;
