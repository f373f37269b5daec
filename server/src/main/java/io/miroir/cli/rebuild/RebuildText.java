package io.miroir.cli.rebuild;

import java.io.PrintWriter;
import java.util.Map;
import java.util.SortedMap;

/** A survey in words. */
final class RebuildText {
    private static final String LOST =
            """
            What cannot return, because no node knows it: the history of tasks, aliases, keys (a
            client's key follows from its uid and the master key: create it again with its old uid
            and it has its old value), sessions, idempotency keys, jobs, canaries, policies,
            webhooks, displayedAttributes, faceting.maxValuesPerFacet below 10,000, and secrets
            of embedders, which nodes tell masked.\
            """;

    private RebuildText() {}

    static void tell(Survey survey, Iterable<String> silent, PrintWriter out) {
        silent.forEach(why -> out.println("not surveyed: " + why));
        for (Survey.Index index : survey.indexes()) {
            out.printf(
                    "index %s = m%d, primary key %s, %d shards%s%n",
                    index.name(),
                    index.incarnation(),
                    index.primaryKey(),
                    index.shards(),
                    index.agree() ? "" : "; nodes differ in settings, most of them count");
            for (Map.Entry<String, SortedMap<Integer, Long>> node : index.documents().entrySet()) {
                long documents = node.getValue().values().stream().mapToLong(Long::longValue).sum();
                out.printf(
                        "  %s: %d documents in %d shards%n",
                        node.getKey(), documents, node.getValue().size());
            }
        }
        survey.passedOver().forEach(what -> out.println("not taken: " + what));
        survey.unknown().forEach(what -> out.println("wanted: " + what));
        out.println(LOST);
        out.flush();
    }
}
