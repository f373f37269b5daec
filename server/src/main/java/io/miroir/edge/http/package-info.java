/** Generic HTTP server plumbing on Undertow, shared by the pod and the embedded node. */
@NullMarked
package io.miroir.edge.http;

import org.jspecify.annotations.NullMarked;
