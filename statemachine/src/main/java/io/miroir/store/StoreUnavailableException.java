package io.miroir.store;

/** Carries a {@link Refusal} to a caller's error boundary. */
public final class StoreUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Refusal refusal;

    public StoreUnavailableException(Refusal refusal) {
        super(refusal.message());
        this.refusal = refusal;
    }

    public Refusal refusal() {
        return refusal;
    }
}
