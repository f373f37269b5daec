/** Tests of reads that see writes. */
@NullMarked
package io.miroir.capability.stateless.session;

import org.jspecify.annotations.NullMarked;
