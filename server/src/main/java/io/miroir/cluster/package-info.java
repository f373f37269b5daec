/** What is true now: which nodes and pods live, and what the task store says, in memory. */
@NullMarked
package io.miroir.cluster;

import org.jspecify.annotations.NullMarked;
