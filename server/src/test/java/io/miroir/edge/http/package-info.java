/** The HTTP plumbing over real sockets. */
@NullMarked
package io.miroir.edge.http;

import org.jspecify.annotations.NullMarked;
