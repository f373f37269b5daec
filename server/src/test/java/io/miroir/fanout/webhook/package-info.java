@NullMarked
package io.miroir.fanout.webhook;

import org.jspecify.annotations.NullMarked;
