package io.miroir.store.engine;

/**
 * The log or the tables hold what only a newer program knows. Skipping it would make this pod's
 * tables differ from those of pods that know it: this pod must stop (protocol rule 20).
 */
public final class NewerFormatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public NewerFormatException(String what) {
        super(what + ": this pod stops; start it with the newer program");
    }

    /**
     * @param what is of the format
     * @param known the highest format that this program knows
     */
    public NewerFormatException(String what, int format, int known) {
        this("%s of format %d, this program knows up to %d".formatted(what, format, known));
    }
}
