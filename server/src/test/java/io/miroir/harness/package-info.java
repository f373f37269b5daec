/**
 * Tests with several processes: real pods and nodes on loopback, killed and started again. They
 * carry the tag `cluster` and run in `mvn verify`. With MIROIR_TEST_MEILISEARCH naming a
 * Meilisearch program, the nodes are that instead of embedded ones.
 */
@NullMarked
package io.miroir.harness;

import org.jspecify.annotations.NullMarked;
