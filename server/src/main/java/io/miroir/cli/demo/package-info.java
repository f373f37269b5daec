/** What `miroir demo` does with a fleet: real data, what to try, and the guided tour. */
@NullMarked
package io.miroir.cli.demo;

import org.jspecify.annotations.NullMarked;
