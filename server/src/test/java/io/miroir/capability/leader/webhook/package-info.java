@NullMarked
package io.miroir.capability.leader.webhook;

import org.jspecify.annotations.NullMarked;
