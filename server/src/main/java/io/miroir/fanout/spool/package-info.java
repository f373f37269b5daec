/** Bodies that wait on this pod: in memory while small, else in files within a quota. */
@NullMarked
package io.miroir.fanout.spool;

import org.jspecify.annotations.NullMarked;
