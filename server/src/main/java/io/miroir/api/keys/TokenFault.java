package io.miroir.api.keys;

/** Why a text that has the form of a tenant token is none; the message is what clients are told. */
final class TokenFault extends Exception {
    private static final long serialVersionUID = 1L;

    TokenFault(String message) {
        super(message);
    }

    /** The message. */
    String told() {
        return String.valueOf(getMessage());
    }
}
