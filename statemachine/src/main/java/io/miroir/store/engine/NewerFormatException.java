package io.miroir.store.engine;

/**
 * The log holds what only a newer program knows. Skipping it would make this pod's tables differ
 * from those of pods that know it: this pod must stop (protocol rule 20).
 */
public final class NewerFormatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public NewerFormatException(String what) {
        super(what + " of a newer format: this pod stops; start it with the newer program");
    }
}
