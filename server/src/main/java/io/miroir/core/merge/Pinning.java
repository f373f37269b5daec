package io.miroir.core.merge;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * A list with some elements at places of their own. Where the list ends before the place of one, it
 * follows at the end.
 *
 * @param <T> what is listed
 */
public final class Pinning<T> implements Iterator<T> {
    private final Iterator<T> others;
    private final Deque<Pinned<T>> pinned;
    private long place;

    /**
     * An element with its place.
     *
     * @param position the first is 0
     */
    public record Pinned<T>(long position, T element) {}

    /**
     * A list.
     *
     * @param others what takes the places that are left, in its order; read as far as asked for
     * @param pinned by position; of equal ones the first comes first
     */
    public Pinning(Iterator<T> others, List<Pinned<T>> pinned) {
        this.others = others;
        this.pinned = new ArrayDeque<>(pinned);
    }

    @Override
    public boolean hasNext() {
        return !pinned.isEmpty() || others.hasNext();
    }

    @Override
    public T next() {
        Pinned<T> next = pinned.peek();
        if (next == null && !others.hasNext()) {
            throw new NoSuchElementException();
        }
        boolean due = next != null && (next.position <= place || !others.hasNext());
        place++;
        return due ? pinned.remove().element : others.next();
    }
}
