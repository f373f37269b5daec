package io.miroir.capability.partitioned.antientropy;

import java.time.Duration;

/**
 * How replicas are compared.
 *
 * @param interval between the end of a pass over an index and the next
 * @param shardsPerPass that one pass compares; 0 for all
 * @param concurrentShards of an index that are read at a time
 * @param pageDocumentsMax that a node is asked for at a time
 * @param repairs whether what is outvoted is put out, to be copied anew; else it is only told
 */
public record AntiEntropyRules(
        Duration interval,
        int shardsPerPass,
        int concurrentShards,
        int pageDocumentsMax,
        boolean repairs) {}
