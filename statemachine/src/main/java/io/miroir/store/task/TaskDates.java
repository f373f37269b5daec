package io.miroir.store.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;

/**
 * The three dates of every task, 28 bytes each, in blocks in uid order. A block knows the earliest
 * and the latest of its dates: a bound takes or leaves most blocks whole, because tasks end about
 * in the order in which they came.
 */
final class TaskDates {
    /** Which date. */
    enum Date {
        ENQUEUED(0),
        STARTED(1),
        FINISHED(2);

        private final int column;

        Date(int column) {
            this.column = column;
        }
    }

    private static final int BLOCK_TASKS = 1_024;
    private static final long NONE = 0;

    private final List<Block> blocks = new ArrayList<>();

    /** Uids must come in ascending order. */
    void add(int uid, TaskRow.Dates dates) {
        Block last = blocks.isEmpty() ? null : blocks.getLast();
        if (last == null || last.count == BLOCK_TASKS) {
            last = new Block();
            blocks.add(last);
        }
        int at = last.count++;
        last.uids[at] = uid;
        last.set(at, Date.ENQUEUED, dates.enqueuedAt());
        last.set(at, Date.STARTED, dates.startedAt() == null ? NONE : dates.startedAt());
        last.set(at, Date.FINISHED, dates.finishedAt() == null ? NONE : dates.finishedAt());
    }

    void set(int uid, Date date, long micros) {
        Block block = blocks.get(blockOf(uid));
        int at = block.find(uid);
        if (block.dates[date.column][at] == NONE) {
            block.set(at, date, micros);
        }
    }

    void remove(int uid) {
        int number = blockOf(uid);
        Block block = blocks.get(number);
        block.remove(block.find(uid));
        boolean joins =
                number + 1 < blocks.size()
                        && block.count + blocks.get(number + 1).count <= BLOCK_TASKS / 2;
        if (joins) {
            block.take(blocks.remove(number + 1));
        }
        if (block.count == 0) {
            blocks.remove(number);
        }
    }

    /**
     * Tasks whose date is within exclusive bounds. Of blocks that are within them as a whole, tasks
     * without the date are in the answer too.
     */
    RoaringBitmap within(Date date, long afterMicros, long beforeMicros) {
        RoaringBitmap within = new RoaringBitmap();
        for (Block block : blocks) {
            long earliest = block.earliest[date.column];
            long latest = block.latest[date.column];
            if (earliest > afterMicros && latest < beforeMicros) {
                within.add(unsigned(block.uids[0]), unsigned(block.uids[block.count - 1]) + 1);
            } else if (latest > afterMicros && earliest < beforeMicros) {
                block.addWithin(within, date, afterMicros, beforeMicros);
            }
        }
        return within;
    }

    private int blockOf(int uid) {
        int low = 0;
        int high = blocks.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (Integer.compareUnsigned(blocks.get(middle).uids[0], uid) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private static long unsigned(int uid) {
        return Integer.toUnsignedLong(uid);
    }

    private static final class Block {
        private final int[] uids = new int[BLOCK_TASKS];
        private final long[][] dates = new long[Date.values().length][BLOCK_TASKS];
        private final long[] earliest = new long[Date.values().length];
        private final long[] latest = new long[Date.values().length];
        private int count;

        Block() {
            Arrays.fill(earliest, Long.MAX_VALUE);
            Arrays.fill(latest, Long.MIN_VALUE);
        }

        void set(int at, Date date, long micros) {
            int column = date.column;
            dates[column][at] = micros;
            if (micros != NONE) {
                earliest[column] = Math.min(earliest[column], micros);
                latest[column] = Math.max(latest[column], micros);
            }
        }

        int find(int uid) {
            int low = 0;
            int high = count - 1;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (Integer.compareUnsigned(uids[middle], uid) < 0) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            if (count == 0 || uids[low] != uid) {
                throw new IllegalStateException("task " + unsigned(uid) + " is not in the index");
            }
            return low;
        }

        void remove(int at) {
            count--;
            System.arraycopy(uids, at + 1, uids, at, count - at);
            for (long[] column : dates) {
                System.arraycopy(column, at + 1, column, at, count - at);
            }
        }

        void take(Block next) {
            System.arraycopy(next.uids, 0, uids, count, next.count);
            for (int column = 0; column < dates.length; column++) {
                System.arraycopy(next.dates[column], 0, dates[column], count, next.count);
                earliest[column] = Math.min(earliest[column], next.earliest[column]);
                latest[column] = Math.max(latest[column], next.latest[column]);
            }
            count += next.count;
        }

        void addWithin(RoaringBitmap within, Date date, long afterMicros, long beforeMicros) {
            long[] column = dates[date.column];
            int[] found = new int[count];
            int size = 0;
            for (int i = 0; i < count; i++) {
                long micros = column[i];
                if (micros != NONE && micros > afterMicros && micros < beforeMicros) {
                    found[size++] = uids[i];
                }
            }
            within.addN(found, 0, size);
        }
    }
}
