@NullMarked
package io.miroir.cluster.format;

import org.jspecify.annotations.NullMarked;
