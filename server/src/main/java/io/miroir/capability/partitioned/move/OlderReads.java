package io.miroir.capability.partitioned.move;

/** Waits for reads that may still go to a replica that is not read any more. */
@FunctionalInterface
public interface OlderReads {
    /** Comes back when all reads go by what this pod has applied by now. */
    void awaitEnd() throws InterruptedException;
}
