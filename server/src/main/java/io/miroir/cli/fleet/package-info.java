/**
 * A whole cluster on one machine: processes of pods and nodes, their ports, directories, config
 * files and logs. What `miroir demo` shows and what the tests with several processes stand on.
 */
@NullMarked
package io.miroir.cli.fleet;

import org.jspecify.annotations.NullMarked;
