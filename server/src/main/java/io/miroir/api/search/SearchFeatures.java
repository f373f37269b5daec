package io.miroir.api.search;

/**
 * The experimental features that change what a search may ask for.
 *
 * @param containsFilter the CONTAINS filter
 * @param multimodal media, and filters on vectors
 * @param network searches over remote instances
 */
public record SearchFeatures(boolean containsFilter, boolean multimodal, boolean network) {
    /** Every feature off, as on a new instance. */
    public static final SearchFeatures NONE = new SearchFeatures(false, false, false);
}
