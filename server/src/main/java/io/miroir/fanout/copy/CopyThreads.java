package io.miroir.fanout.copy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Work of a duty that takes long, each piece on a thread of its own and once at a time. */
public final class CopyThreads {
    /** What is waited for when a pod stops; what lasts longer ends without the store's help. */
    private static final Duration END_PATIENCE = Duration.ofSeconds(5);

    private final Map<String, Thread> running = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    /** Whether a piece may begin: it does not run, and less than so many do. */
    public boolean mayBegin(String id, int runningMax) {
        return !stopped && running.size() < runningMax && !running.containsKey(id);
    }

    /** Begins a piece that {@linkplain #mayBegin may}; only the duty's thread does. */
    public void begin(String id, String name, Runnable work) {
        Thread thread =
                Thread.ofVirtual()
                        .name(name)
                        .unstarted(
                                () -> {
                                    try {
                                        work.run();
                                    } finally {
                                        running.remove(id);
                                    }
                                });
        running.put(id, thread);
        thread.start();
    }

    /**
     * Interrupts all that run, and waits until they have told how far they are: the store is closed
     * after them. None begins any more.
     */
    public void stop() {
        stopped = true;
        List<Thread> ending = List.copyOf(running.values());
        ending.forEach(Thread::interrupt);
        long giveUpNanos = System.nanoTime() + END_PATIENCE.toNanos();
        try {
            for (Thread thread : ending) {
                boolean _ = thread.join(Duration.ofNanos(giveUpNanos - System.nanoTime()));
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
