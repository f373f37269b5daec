package io.miroir.bench.gate;

import java.util.List;
import java.util.regex.Pattern;

/** Why rows lose, where it is known: a row that is worse carries it in its note. */
final class Reasons {
    static final String UNKNOWN = "why it loses is not known yet";

    /** Where the figures behind a reason are. */
    private static final String PATH =
            " (docs/benchmarks.md, What was tried on the path of a write)";

    /** The first that matches counts; docs/benchmarks.md has the figures behind them. */
    static final List<Reason> ALL =
            List.of(
                    new Reason(
                            "write\\.rtt\\..*\\.follower\\.1\\..*",
                            "a follower's write takes two round trips, as that of Redis' client across"
                                    + " the network does; the rest is what a lone write from the"
                                    + " leader's pod has more than Redis too"),
                    new Reason(
                            "write\\..*\\.follower\\.(1|16)\\..*",
                            "as from the leader's pod, and two hops more, there and back, and the news"
                                    + " of the commit"
                                    + PATH),
                    new Reason(
                            "write\\.(open\\..*|.*\\.(1|16)\\..*)",
                            "a write passes six threads of three JVMs, which wait for a core for longer"
                                    + " than they run, where a Redis server has one; p99: for one or"
                                    + " two ticks of the kernel behind a compiler or a collection"
                                    + PATH),
                    new Reason(
                            "write\\..*\\.p99",
                            "young collections of the pods, 8 to 30 ms each" + PATH),
                    new Reason(
                            "write\\..*",
                            "CPU: each pod's JVM logs and applies every command, on the same cores as"
                                    + " the load (what a write costs on both sides stands in the row of"
                                    + " p50); Redis' replicas copy its stream"),
                    new Reason(
                            "read\\..*\\.linearizable",
                            "a read index asks a majority; Redis' master answers by itself, also"
                                    + " when another one was elected meanwhile"),
                    new Reason(
                            "apply\\.multiple",
                            "a command is read, looked up among those that are known, stamped,"
                                    + " counted and indexed besides its INSERT; which part takes how"
                                    + " much was not measured"),
                    new Reason(
                            "memory\\.flat",
                            "the old part of the heap grows by what outlives young collections until"
                                    + " it is full (docs/benchmarks.md, Where the memory of a pod"
                                    + " goes)"),
                    new Reason(
                            "memory\\..*",
                            "the young part of a heap of 256 MB, the log's last segments as objects,"
                                    + " and SQLite's and the log's pages; what was tried stands in"
                                    + " docs/benchmarks.md, The decision gate"),
                    new Reason(
                            "procedure\\.backup\\.seconds",
                            "a JVM starts (0.4 s of CPU), and reads the file back to verify it row by"
                                    + " row; BGSAVE and the check of its file are native programs"),
                    new Reason(
                            "procedure\\.rotate\\.seconds",
                            "three times a JVM starts (0.4 s of CPU each), to ask until every pod has"
                                    + " read its file; redis-cli is a small native program"),
                    new Reason("procedure\\..*\\.steps", "the note counts the steps of both sides"),
                    new Reason(
                            "(cold_start|install|restore|procedure\\..*\\.seconds)",
                            "JVMs start (2.9 s of CPU for three pods on two cores, docs/benchmarks.md,"
                                    + " The decision gate), find each other and elect; a Redis server"
                                    + " is a small native program that is told who is master"),
                    new Reason(
                            "size\\.tables\\.leader_lease",
                            "one row takes a whole page of the file, and another one of its index"),
                    new Reason(
                            "size\\.tables\\.search_ui_config",
                            "rows of half a page and more take a page each"));

    private Reasons() {}

    /**
     * Why some rows lose.
     *
     * @param ids a regular expression
     */
    record Reason(Pattern ids, String text) {
        Reason(String ids, String text) {
            this(Pattern.compile(ids), text);
        }
    }

    /** The row with its reason, if it loses. */
    static Row explained(Row row) {
        if (row.verdict() != Verdict.WORSE) {
            return row;
        }
        String why =
                ALL.stream()
                        .filter(reason -> reason.ids().matcher(row.id()).matches())
                        .map(Reason::text)
                        .findFirst()
                        .orElse(UNKNOWN);
        return row.noting("loses: " + why);
    }
}
