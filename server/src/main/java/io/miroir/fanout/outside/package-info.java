/** Calls of servers that clients name: those of webhooks and exports. */
@NullMarked
package io.miroir.fanout.outside;

import org.jspecify.annotations.NullMarked;
