/** Pure decisions: topology, routing, plans, quorum, merge. JDK only: no IO, clock or random. */
@NullMarked
package io.miroir.core;

import org.jspecify.annotations.NullMarked;
