package io.miroir.store.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The commands that wait, and the sinks that take them, each one pack at a time. A thread that has
 * brought a pack to its end takes the next one itself: a handover to another thread costs as much
 * as the rest of the way through here.
 */
final class Packs {
    private final Batcher.Limits limits;
    private final BlockingQueue<Waiting> queue;
    private final Deque<Batcher.Sink> free;
    private final Pace pace;
    private final ReentrantLock lock = new ReentrantLock();

    /** For threads that wait for something to happen. */
    private final Condition changed = lock.newCondition();

    /** For the one thread that waits for a moment to come. */
    private final Condition due = lock.newCondition();

    private final Condition nothing = lock.newCondition();

    /** Whether a thread is to be woken for the next command: looked at without the lock. */
    private volatile boolean wakeful = true;

    private volatile boolean closed;
    private boolean timed;
    private int underWay;

    /** Taken from the queue, but without a place in the last pack. */
    private @Nullable Waiting left;

    /** Commands on their way, to be told when they have {@link #ended}. */
    record Pack(Batcher.Sink sink, List<Waiting> commands, long begunNanos) {}

    Packs(Batcher.Limits limits, List<? extends Batcher.Sink> sinks, Pace pace) {
        this.limits = limits;
        this.queue = new ArrayBlockingQueue<>(limits.waitingMax());
        this.free = new ArrayDeque<>(sinks);
        this.pace = pace;
    }

    /** Commands that wait, but for one at most. */
    int queued() {
        return queue.size();
    }

    boolean isClosed() {
        return closed;
    }

    /** False if the queue is full. */
    boolean offer(Waiting waiting) {
        if (!queue.offer(waiting)) {
            return false;
        }
        if (wakeful) {
            lock.lock();
            try {
                wake();
            } finally {
                lock.unlock();
            }
        }
        return true;
    }

    /**
     * One behind the other: no pack begins in between. Answers those for which there is no room.
     */
    List<Waiting> offerAll(List<Waiting> all) {
        List<Waiting> rest = new ArrayList<>();
        lock.lock();
        try {
            for (Waiting waiting : all) {
                if (!queue.offer(waiting)) {
                    rest.add(waiting);
                }
            }
            if (wakeful) {
                wake();
            }
        } finally {
            lock.unlock();
        }
        return rest;
    }

    /** Whether it was still waiting. */
    boolean remove(Waiting waiting) {
        return queue.remove(waiting);
    }

    /** A pack of this command alone, if nothing is before it; its caller sends it. */
    @Nullable Pack alone(Waiting waiting) {
        // Whoever holds the lock is about to send or to end something: then it is not alone.
        if (!queue.isEmpty() || !lock.tryLock()) {
            return null;
        }
        try {
            long now = System.nanoTime();
            if (closed || waits() > 0 || underWay > 0) {
                return null;
            }
            return begin(List.of(waiting), now);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for the next pack; null if there will be none.
     *
     * @param sent what the calling thread has just brought to its end
     */
    @Nullable Pack next(@Nullable Pack sent) {
        lock.lock();
        try {
            if (sent != null) {
                end(sent);
            }
            while (true) {
                long now = System.nanoTime();
                long untilNanos = pace.untilNext(underWay, waits(), now);
                if (untilNanos <= 0) {
                    List<Waiting> commands = fill();
                    if (!commands.isEmpty()) {
                        return begin(commands, now);
                    }
                } else if (closed && waits() == 0) {
                    return null;
                } else {
                    sleep(untilNanos);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #next}, of a thread that sends no other. */
    void ended(Pack pack) {
        lock.lock();
        try {
            end(pack);
            arm();
        } finally {
            lock.unlock();
        }
    }

    private void end(Pack pack) {
        long now = System.nanoTime();
        underWay--;
        free.push(pack.sink());
        pace.ended(now - pack.begunNanos());
        if (closed && underWay == 0) {
            nothing.signalAll();
        }
    }

    /** No pack begins any more but of what waits already. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            due.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Until nothing is under way any more, this time at most. */
    void awaitNothing(long millis) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (underWay > 0 && left > 0) {
                left = nothing.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes all that wait. */
    List<Waiting> drain() {
        List<Waiting> rest = new ArrayList<>();
        lock.lock();
        try {
            if (left != null) {
                rest.add(left);
                left = null;
            }
            queue.drainTo(rest);
        } finally {
            lock.unlock();
        }
        return rest;
    }

    private Pack begin(List<Waiting> commands, long now) {
        underWay++;
        pace.begun(now);
        arm();
        return new Pack(free.pop(), commands, now);
    }

    /** Until something may have changed; its caller looks whether it has. */
    @SuppressWarnings("WaitNotInLoop")
    private void sleep(long nanos) {
        if (timed) {
            changed.awaitUninterruptibly();
            return;
        }
        if (nanos == Pace.NOT_YET) {
            if (!arm()) {
                changed.awaitUninterruptibly();
            }
            return;
        }
        // Something waits already: this thread looks after it, and after what comes meanwhile.
        wakeful = false;
        timed = true;
        try {
            var _ = due.awaitNanos(nanos);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        } finally {
            timed = false;
        }
    }

    /** Says whether somebody is to be woken for what comes, and wakes them for what is there. */
    private boolean arm() {
        wakeful = pace.takesMore(underWay);
        // After the write: who comes from now on sees it, who came before is counted here.
        if (!wakeful || waits() == 0) {
            return false;
        }
        wake();
        return true;
    }

    private void wake() {
        wakeful = false;
        if (timed) {
            due.signal();
        } else {
            changed.signal();
        }
    }

    private int waits() {
        return queue.size() + (left == null ? 0 : 1);
    }

    private List<Waiting> fill() {
        List<Waiting> commands = new ArrayList<>();
        int bytes = 0;
        Waiting next = left != null ? left : queue.poll();
        left = null;
        for (; next != null; next = queue.poll()) {
            bytes += next.command().getSerializedSize();
            if (!commands.isEmpty() && bytes > limits.batchBytesMax()) {
                left = next;
                return commands;
            }
            if (next.claim()) {
                commands.add(next);
            }
            if (commands.size() == limits.batchCommandsMax()) {
                return commands;
            }
        }
        return commands;
    }
}
