package io.miroir.cli;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Keeps the heap of a process near to what is alive in it. Java's serial collector leaves alone
 * what has become old until there is no room for more, however large the heap may become: a pod
 * that has 20 MB alive takes its greatest heap in the end, as a little of each second's work
 * outlives a few young collections. Here all is collected when as much has become old as was alive
 * before.
 */
public final class HeapKeeper {
    /** The name that the serial collector has for the old part. */
    private static final String OLD_PART = "Tenured Gen";

    /** Less than this is not worth a collection, which takes some 50 ms of a pod. */
    static final long GROWN_BYTES_MIN = 24L << 20;

    /** A collection of 50 ms is followed by five seconds without one: 1 % of the time. */
    static final int REST_FACTOR = 100;

    private static final long LOOK_MILLIS = 1_000;

    private final Heap heap;
    private final LongSupplier nanos;
    private long notBeforeNanos;

    /** The old part of a heap. */
    interface Heap {
        /** What is in it, alive or not. */
        long usedBytes();

        /** What was alive in it when it was collected last; 0 if it never was. */
        long aliveBytes();

        void collect();
    }

    HeapKeeper(Heap heap, LongSupplier nanos) {
        this.heap = heap;
        this.nanos = nanos;
        this.notBeforeNanos = nanos.getAsLong();
    }

    /** Begins, for as long as the process runs. Other collectors look after themselves. */
    public static void start() {
        serialHeap()
                .ifPresent(
                        heap -> {
                            HeapKeeper keeper = new HeapKeeper(heap, System::nanoTime);
                            Thread.ofVirtual().name("heap-keeper").start(keeper::run);
                        });
    }

    private static Optional<Heap> serialHeap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals(OLD_PART))
                .findFirst()
                .map(OldPart::new);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(LOOK_MILLIS);
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Collects if it is worth it. */
    void look() {
        long begunNanos = nanos.getAsLong();
        long alive = heap.aliveBytes();
        long grown = heap.usedBytes() - alive;
        if (begunNanos - notBeforeNanos >= 0 && grown > Math.max(alive, GROWN_BYTES_MIN)) {
            heap.collect();
            long endedNanos = nanos.getAsLong();
            notBeforeNanos = endedNanos + REST_FACTOR * (endedNanos - begunNanos);
        }
    }

    private record OldPart(MemoryPoolMXBean pool) implements Heap {
        @Override
        public long usedBytes() {
            return pool.getUsage().getUsed();
        }

        @Override
        public long aliveBytes() {
            MemoryUsage afterLast = pool.getCollectionUsage();
            return afterLast == null ? 0 : afterLast.getUsed();
        }

        @Override
        public void collect() {
            System.gc();
        }
    }
}
