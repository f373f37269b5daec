/**
 * The exact merge: how the answers of nodes become the answer of one node that holds everything.
 * Typed values only; JSON is read and written by {@code io.miroir.fanout.answer}.
 */
@NullMarked
package io.miroir.core.merge;

import org.jspecify.annotations.NullMarked;
