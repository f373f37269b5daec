package io.miroir.core.merge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;

/**
 * One sorted sequence from several, read only as far as it is asked for. Inside a source nothing is
 * ever reordered; equal elements go by their source.
 *
 * @param <T> what is merged
 */
public final class KWayMerge<T> implements Iterator<T> {
    private final PriorityQueue<Head<T>> heads;

    private record Head<T>(T element, int source, Iterator<T> rest) {}

    /** Merges sources that each are sorted by {@code order}. */
    public KWayMerge(List<? extends Iterator<T>> sources, Comparator<? super T> order) {
        heads =
                new PriorityQueue<>(
                        Math.max(1, sources.size()),
                        Comparator.<Head<T>, T>comparing(Head::element, order)
                                .thenComparingInt(Head::source));
        for (int i = 0; i < sources.size(); i++) {
            push(i, sources.get(i));
        }
    }

    /** The next {@code count} elements of a list, or all if there are fewer. */
    public static <T> List<T> take(Iterator<T> list, int count) {
        List<T> taken = new ArrayList<>(Math.min(count, 1_024));
        while (taken.size() < count && list.hasNext()) {
            taken.add(list.next());
        }
        return taken;
    }

    @Override
    public boolean hasNext() {
        return !heads.isEmpty();
    }

    @Override
    public T next() {
        Head<T> head = heads.poll();
        if (head == null) {
            throw new NoSuchElementException();
        }
        push(head.source, head.rest);
        return head.element;
    }

    private void push(int source, Iterator<T> rest) {
        if (rest.hasNext()) {
            heads.add(new Head<>(rest.next(), source, rest));
        }
    }
}
