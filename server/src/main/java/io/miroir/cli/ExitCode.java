package io.miroir.cli;

/** What the process tells whoever started it. */
public enum ExitCode {
    OK(0, "done"),
    FAILED(1, "something went wrong that was not foreseen; the message says what"),
    USAGE(2, "a command or option that does not exist"),
    CONFIG(3, "the configuration is refused; every reason is told"),
    PORT_IN_USE(4, "another process listens on a port of the configuration"),
    DATA_DIRECTORY(5, "the data directory can't be used: no room, not writable, or in use"),
    REFUSED(6, "what was asked for is refused and changed nothing; the message says why"),
    IDENTITY(7, "this pod must not take part like this: whose data it has, or in what state");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    /** The number. */
    public int code() {
        return code;
    }

    /** When it is given, for the help text. */
    public String meaning() {
        return meaning;
    }
}
