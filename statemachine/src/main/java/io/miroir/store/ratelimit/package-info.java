/** How often an address may ask; blocks of tokens that pods lease. */
@NullMarked
package io.miroir.store.ratelimit;

import org.jspecify.annotations.NullMarked;
