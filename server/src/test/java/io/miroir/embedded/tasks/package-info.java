/** The journal under torn writes. */
@NullMarked
package io.miroir.embedded.tasks;

import org.jspecify.annotations.NullMarked;
