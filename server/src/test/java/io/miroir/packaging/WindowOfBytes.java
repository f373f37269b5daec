package io.miroir.packaging;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Does with the heap what a pod does under writes, and tells how many bytes have become old by
 * that: the last 6 MB of a log stay alive, each megabyte of it while 40 MB are made and forgotten.
 */
public final class WindowOfBytes {
    private static final int ENTRY_BYTES = 16 << 10;
    private static final int ENTRIES_ALIVE = (6 << 20) / ENTRY_BYTES;
    private static final int ENTRIES = (40 << 20) / ENTRY_BYTES;
    private static final int FORGOTTEN_AN_ENTRY = 40;

    /** Written to, so that nothing is left out. */
    private static volatile byte[] forgotten = new byte[0];

    private WindowOfBytes() {}

    /** Prints a number. */
    public static void main(String[] arguments) {
        Deque<byte[]> alive = new ArrayDeque<>();
        long before = oldBytes();
        for (int entry = 0; entry < ENTRIES; entry++) {
            alive.add(new byte[ENTRY_BYTES]);
            if (alive.size() > ENTRIES_ALIVE) {
                forgotten = alive.remove();
            }
            for (int i = 0; i < FORGOTTEN_AN_ENTRY; i++) {
                forgotten = new byte[ENTRY_BYTES];
            }
        }
        System.out.println(oldBytes() - before + (forgotten.length - ENTRY_BYTES));
    }

    private static long oldBytes() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals("Tenured Gen"))
                .map(MemoryPoolMXBean::getUsage)
                .findFirst()
                .orElseThrow()
                .getUsed();
    }
}
