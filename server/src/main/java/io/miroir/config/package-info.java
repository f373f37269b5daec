/** The configuration of a pod: one typed record a section, its rules, and where it is read from. */
@NullMarked
package io.miroir.config;

import org.jspecify.annotations.NullMarked;
