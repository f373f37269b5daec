/** Reads that see writes: those of a session, and those whose receipts are shown (plan §13.6). */
@NullMarked
package io.miroir.capability.stateless.session;

import org.jspecify.annotations.NullMarked;
