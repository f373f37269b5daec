package io.miroir.bench.gate;

import java.util.List;
import java.util.regex.Pattern;

/** Why rows lose, where it is known: a row that is worse carries it in its note. */
final class Reasons {
    static final String UNKNOWN = "why it loses is not known yet";

    /** The first that matches counts; docs/benchmarks.md has the figures behind them. */
    static final List<Reason> ALL =
            List.of(
                    new Reason(
                            "write\\.rtt\\..*\\.follower\\..*",
                            "a follower's write takes its way to the leader, the leader's round, and"
                                    + " the news of the commit back; Redis' client one round to the"
                                    + " master and the master's to its replicas"),
                    new Reason(
                            "write\\.rtt\\..*\\.leader\\.256\\..*",
                            "one pack is under way at a time, so callers wait for the pack before"
                                    + " theirs too; Redis' client has up to four pipelines"),
                    new Reason(
                            "write\\..*\\.follower\\.(1|16)\\..*",
                            "two more hops than from the leader's pod, there and back, and the news"
                                    + " of the commit"),
                    new Reason(
                            "write\\.(open\\..*|.*\\.(1|16)\\..*)",
                            "hand-overs between threads, not the disk: readers of connections, log"
                                    + " writer, executor, event processor and applier in three JVMs,"
                                    + " where a Redis server has one thread"),
                    new Reason(
                            "write\\..*",
                            "CPU: three JVMs each log and apply every command, on the same cores as"
                                    + " the load; Redis' replicas copy its stream"),
                    new Reason(
                            "read\\..*\\.linearizable",
                            "a read index asks a majority; Redis' master answers by itself, also"
                                    + " when another one was elected meanwhile"),
                    new Reason(
                            "apply\\.multiple",
                            "a command is read, looked up among those that are known, stamped,"
                                    + " counted and indexed besides its INSERT"),
                    new Reason(
                            "memory\\.flat",
                            "a JVM takes its heap up to the limit before it collects what it can"),
                    new Reason(
                            "memory\\..*",
                            "a store in each pod has Raft's, gRPC's and SQLite's code, buffers and"
                                    + " pages there; Redis' client has a connection"),
                    new Reason(
                            "procedure\\.backup\\.seconds",
                            "a JVM starts, and reads the file back to verify it row by row; BGSAVE"
                                    + " and the check of its file are native programs"),
                    new Reason(
                            "procedure\\.rotate\\.seconds",
                            "three times a JVM starts, to ask until every pod has read its file;"
                                    + " redis-cli is a small native program"),
                    new Reason(
                            "(cold_start|install|restore|procedure\\..*\\.seconds)",
                            "JVMs start, find each other and elect; a Redis server is a small"
                                    + " native program that is told who is master"),
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
