/**
 * How the members of a group speak with each other: one TCP connection a direction and purpose, one
 * thread that reads it, answers written by whoever has them. See docs/adr/0009.
 */
@NullMarked
package io.miroir.raft.link;

import org.jspecify.annotations.NullMarked;
