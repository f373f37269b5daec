package io.miroir.fanout.copy;

/** A node did not do what a copy needs of it: the copy is given up, to be begun again later. */
public final class CopyFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With the reason, for logs and for whoever asks how the copy goes. */
    public CopyFailedException(String why) {
        super(why);
    }
}
