/** The client to nodes: requests, typed replies, deadlines, and asking several at once. */
@NullMarked
package io.miroir.fanout;

import org.jspecify.annotations.NullMarked;
