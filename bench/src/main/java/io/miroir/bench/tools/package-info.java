/** What measurements share: processes, waiting, progress, figures. */
@NullMarked
package io.miroir.bench.tools;

import org.jspecify.annotations.NullMarked;
