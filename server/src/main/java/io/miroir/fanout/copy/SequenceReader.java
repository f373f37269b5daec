package io.miroir.fanout.copy;

import io.miroir.fanout.read.PageSize;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a node's documents one after the other, in the order in which they were written. */
public final class SequenceReader {
    private final Pages pages;
    private final int pageDocumentsMax;
    private final Deque<StoredDocument> read = new ArrayDeque<>();
    private @Nullable String after;
    private PageSize size = PageSize.FIRST;
    private boolean atEnd;

    /** Where the documents come from. */
    @FunctionalInterface
    public interface Pages {
        /** As {@link NodeDocuments#page}. */
        List<StoredDocument> page(@Nullable String after, int limit);
    }

    /**
     * Begins.
     *
     * @param after the sequence number to begin behind; null for the beginning
     */
    public SequenceReader(Pages pages, @Nullable String after) {
        this(pages, after, PageSize.DOCUMENTS_MAX);
    }

    /**
     * Begins.
     *
     * @param pageDocumentsMax that are asked for at a time
     */
    public SequenceReader(Pages pages, @Nullable String after, int pageDocumentsMax) {
        this.pages = pages;
        this.after = after;
        this.pageDocumentsMax = pageDocumentsMax;
    }

    /** The next document; empty at the end. */
    public Optional<StoredDocument> next() {
        Optional<StoredDocument> next = Optional.ofNullable(peek());
        next.ifPresent(_ -> skip());
        return next;
    }

    /** The next document, which stays the next; null at the end. */
    @Nullable StoredDocument peek() {
        while (read.isEmpty() && !atEnd) {
            readPage();
        }
        return read.peek();
    }

    /** Goes on behind the next document. */
    void skip() {
        read.remove();
    }

    private void readPage() {
        List<StoredDocument> page;
        try {
            page = pages.page(after, limit());
        } catch (CopyFailedException tooMuch) {
            if (size.documents() == 1) {
                throw tooMuch;
            }
            // Documents may be larger here than those before.
            size = size.afterFailure();
            page = pages.page(after, limit());
        }
        atEnd = page.size() < limit();
        if (!page.isEmpty()) {
            read.addAll(page);
            after = page.getLast().seq();
            size = size.after(page.size(), page.stream().mapToLong(StoredDocument::bytes).sum());
        }
    }

    private int limit() {
        return Math.min(size.documents(), pageDocumentsMax);
    }
}
