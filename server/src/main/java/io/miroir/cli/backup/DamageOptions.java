package io.miroir.cli.backup;

import picocli.CommandLine.Option;

/** What an offline command does with files that are damaged. */
public final class DamageOptions {
    @Option(
            names = "--accept-damage",
            description = {
                "goes on with files that are found to be damaged, with what can be read of them:"
                        + " what they lack, or have wrong, stays so. Without it they are refused"
            })
    private boolean accepted;

    /** Whether it goes on. */
    public boolean accepted() {
        return accepted;
    }
}
