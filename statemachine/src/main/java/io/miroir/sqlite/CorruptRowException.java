package io.miroir.sqlite;

/** A row holds what no applier of this program wrote: this pod's file is not like the others'. */
public final class CorruptRowException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CorruptRowException(String what, Throwable cause) {
        super(what, cause);
    }
}
