package io.miroir.capability.partitioned.repair;

import io.miroir.fanout.copy.Comparison;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.SequenceReader;
import io.miroir.fanout.copy.StoredDocument;
import io.miroir.fanout.copy.TargetWriter;
import io.miroir.store.index.IndexRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Goes through both nodes' documents in the order of writing, and makes the target the same. */
final class Walk {
    private static final long PUT_BYTES_MAX = 4L << 20;
    private static final int REMOVED_MAX = 500;

    private final Cutover.Ends ends;
    private final IndexRow index;
    private final CopyBounds bounds;
    private final RepairJob job;
    private final RepairMetrics metrics;
    private final TargetWriter.Watch watch;
    private long compared;
    private long put;
    private long removed;

    /** How fast it goes, and how long. */
    @FunctionalInterface
    interface Gait {
        /** Called after each document; false to stop there. */
        boolean goesOn() throws InterruptedException;
    }

    Walk(
            Cutover.Ends ends,
            IndexRow index,
            CopyBounds bounds,
            RepairJob job,
            RepairMetrics metrics,
            TargetWriter.Watch watch) {
        this.ends = ends;
        this.index = index;
        this.bounds = bounds;
        this.job = job;
        this.metrics = metrics;
        this.watch = watch;
    }

    /** What it did so far. */
    RepairJob.Counts counts() {
        return new RepairJob.Counts(compared, put, removed);
    }

    /**
     * Compares what was not compared yet, and sends what differs.
     *
     * @param horizon up to there; both nodes have done all of it
     * @return false if it was stopped before
     */
    boolean compare(Pass pass, String horizon, Gait gait) throws InterruptedException {
        Comparison comparison =
                new Comparison(
                        new SequenceReader(ends.source()::page, pass.through()),
                        new SequenceReader(ends.target()::page, pass.through()),
                        horizon);
        List<StoredDocument> lacking = new ArrayList<>();
        List<StoredDocument> extra = new ArrayList<>();
        long bytes = 0;
        Optional<Comparison.Step> next = comparison.next();
        while (next.isPresent()) {
            switch (next.get()) {
                case Comparison.Step.Same _ -> {}
                case Comparison.Step.Lacking one -> {
                    lacking.add(one.document());
                    bytes += one.document().bytes();
                }
                case Comparison.Step.Extra one -> extra.add(one.document());
            }
            compared++;
            metrics.compared();
            boolean goesOn = gait.goesOn();
            String seq = next.get().seq();
            next = comparison.next();
            boolean full =
                    lacking.size() >= bounds.putDocumentsMax()
                            || bytes >= PUT_BYTES_MAX
                            || extra.size() >= REMOVED_MAX;
            if (full || next.isEmpty()) {
                mend(pass, lacking, extra);
                bytes = 0;
            }
            if (lacking.isEmpty() && extra.isEmpty()) {
                pass.through(seq);
            }
            job.at(pass.isBulk() ? pass.through() : null);
            watch.look();
            if (!goesOn && next.isPresent()) {
                // What was not sent yet is found again.
                return false;
            }
        }
        pass.through(horizon);
        return true;
    }

    private void mend(Pass pass, List<StoredDocument> lacking, List<StoredDocument> extra)
            throws InterruptedException {
        if (lacking.isEmpty() && extra.isEmpty()) {
            return;
        }
        String primaryKey = index.primaryKey();
        if (primaryKey == null) {
            throw new CopyFailedException("the index has got its primary key just now");
        }
        lacking.forEach(document -> pass.acted(document, primaryKey));
        extra.forEach(document -> pass.acted(document, primaryKey));
        ends.writer().put(lacking, primaryKey);
        ends.writer().removeWritings(extra.stream().map(StoredDocument::seq).toList());
        put += lacking.size();
        removed += extra.size();
        metrics.put(lacking.size());
        metrics.removed(extra.size());
        lacking.clear();
        extra.clear();
    }
}
