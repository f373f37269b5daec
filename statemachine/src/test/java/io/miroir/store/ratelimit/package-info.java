/** Tests of leased rate limits. */
@NullMarked
package io.miroir.store.ratelimit;

import org.jspecify.annotations.NullMarked;
