package io.miroir.embedded.engine.rank;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Supplier;

/** Buckets that are worked out one at a time: the next one when one is taken. */
final class LazyBuckets implements Iterator<Bucket> {
    private final Supplier<Optional<Bucket>> finder;
    private Optional<Bucket> next;

    /**
     * @param finder the next bucket, empty when there are no more
     */
    LazyBuckets(Supplier<Optional<Bucket>> finder) {
        this.finder = finder;
        this.next = finder.get();
    }

    @Override
    public boolean hasNext() {
        return next.isPresent();
    }

    @Override
    public Bucket next() {
        Bucket bucket = next.orElseThrow(NoSuchElementException::new);
        next = finder.get();
        return bucket;
    }
}
