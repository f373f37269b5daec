/**
 * The settings of an index: what a client may send, what is stored, what is shown. Settings are
 * JSON objects that hold every setting.
 */
@NullMarked
package io.miroir.api.settings;

import org.jspecify.annotations.NullMarked;
