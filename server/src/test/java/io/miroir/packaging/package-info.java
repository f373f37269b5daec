/** The scripts by which Miroir is started, tried with stand-ins for Java. */
@NullMarked
package io.miroir.packaging;

import org.jspecify.annotations.NullMarked;
