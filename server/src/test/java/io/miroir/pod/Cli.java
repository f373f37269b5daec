package io.miroir.pod;

import io.miroir.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/**
 * What a command said and how it ended.
 *
 * @param out standard output
 * @param err standard error
 */
record Cli(int exit, String out, String err) {
    /** Runs a command in this process. */
    static Cli run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine miroir = Main.commandLine(arguments);
        miroir.setOut(new PrintWriter(out, true));
        miroir.setErr(new PrintWriter(err, true));
        int exit = miroir.execute(arguments);
        return new Cli(exit, out.toString(), err.toString());
    }

    /** Compares all replicas by their digests. */
    static Cli verify(TestPod pod) {
        return run(
                "verify",
                "--from",
                pod.address().toString(),
                "--admin-key",
                TestPod.ADMIN_KEY,
                "--wait",
                "60");
    }
}
