package io.miroir.fanout.copy;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Work of a duty that takes long, each piece on a thread of its own and once at a time. */
public final class CopyThreads {
    private final Map<String, Thread> running = new ConcurrentHashMap<>();

    /** Whether a piece may begin: it does not run, and less than so many do. */
    public boolean mayBegin(String id, int runningMax) {
        return running.size() < runningMax && !running.containsKey(id);
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

    /** Interrupts all that run. */
    public void stop() {
        running.values().forEach(Thread::interrupt);
    }
}
