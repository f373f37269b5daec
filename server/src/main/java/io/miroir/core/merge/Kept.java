package io.miroir.core.merge;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The elements that pass a test, each tested once and as late as possible.
 *
 * @param <T> what is tested
 */
public final class Kept<T> implements Iterator<T> {
    private final Iterator<T> all;
    private final Predicate<T> test;
    private @Nullable T next;

    /** Those of {@code all} that pass. */
    public Kept(Iterator<T> all, Predicate<T> test) {
        this.all = all;
        this.test = test;
    }

    @Override
    public boolean hasNext() {
        while (next == null && all.hasNext()) {
            T element = all.next();
            next = test.test(element) ? element : null;
        }
        return next != null;
    }

    @Override
    public T next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        T element = next;
        next = null;
        return element;
    }
}
