package io.miroir.store;

/**
 * What came of a command: either it was applied and the room's own outcome says how, or the store
 * could not say. A room's refusal (fenced, full, …) is an outcome, not a {@link Refusal}.
 */
public sealed interface Reply<T> {

    /**
     * The command took its place in the order.
     *
     * @param index applied index after it; reads at or above it see its effect
     * @param outcome the applier's answer
     */
    record Applied<T>(long index, T outcome) implements Reply<T> {}

    /** The store did not get an answer. */
    record Refused<T>(Refusal refusal) implements Reply<T> {}

    /** The outcome; throws {@link StoreUnavailableException} if there is none. */
    default T orThrow() {
        return switch (this) {
            case Applied<T> applied -> applied.outcome();
            case Refused<T> refused -> throw new StoreUnavailableException(refused.refusal());
        };
    }
}
