/** Tests of the keys between pods. */
@NullMarked
package io.miroir.tls;

import org.jspecify.annotations.NullMarked;
