package io.miroir.store.ratelimit;

/** What is limited. */
public enum RateScope {
    SEARCH_UI(0),
    ADMIN_LOGIN(1);

    private final int code;

    RateScope(int code) {
        this.code = code;
    }

    /** The stored number. */
    public int code() {
        return code;
    }
}
