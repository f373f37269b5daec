/** Write lanes: one ordered stream of changes for each index, run by the pod that owns it. */
@NullMarked
package io.miroir.fanout.lane;

import org.jspecify.annotations.NullMarked;
