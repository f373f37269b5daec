/** The task store on Redis, for comparison only: no pod contains it. */
@NullMarked
package io.miroir.bench.redis;

import org.jspecify.annotations.NullMarked;
