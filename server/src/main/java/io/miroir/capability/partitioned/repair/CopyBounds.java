package io.miroir.capability.partitioned.repair;

/**
 * How much a copy does at a time.
 *
 * @param actedMax documents that may be looked at again while writes wait; a copy that sends or
 *     removes more is made sure of by another pass
 * @param putDocumentsMax that are sent to the target in one request
 */
public record CopyBounds(int actedMax, int putDocumentsMax) {
    /** Those of a pod. */
    public static final CopyBounds DEFAULT = new CopyBounds(500, 1_000);
}
