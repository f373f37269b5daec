@NullMarked
package io.miroir.api.network;

import org.jspecify.annotations.NullMarked;
