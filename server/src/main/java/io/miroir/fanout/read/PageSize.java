package io.miroir.fanout.read;

/**
 * How many documents a node is asked for at a time: about so many that a page has a few megabytes,
 * whatever documents are like, and fewer where nodes don't manage.
 *
 * @param documents 1 to {@link #DOCUMENTS_MAX}
 */
public record PageSize(int documents) {
    public static final int DOCUMENTS_MAX = 1_000;

    public static final long BYTES_WANTED = 4L << 20;

    /** Small enough for documents of a megabyte each. */
    public static final PageSize FIRST = new PageSize(50);

    /** After a page of that many documents and bytes. */
    public PageSize after(int got, long bytes) {
        long fitting = bytes == 0 ? DOCUMENTS_MAX : got * BYTES_WANTED / bytes;
        // Not at once: the next documents may be larger.
        long next = Math.min(fitting, 2L * documents);
        return new PageSize(Math.clamp(next, 1, DOCUMENTS_MAX));
    }

    /** After a page that did not come. */
    public PageSize afterFailure() {
        return new PageSize(Math.max(1, documents / 2));
    }
}
