/** What routing and merging cost, as JMH benchmarks ({@code bench/run micro}). */
@NullMarked
package io.miroir.bench;

import org.jspecify.annotations.NullMarked;
