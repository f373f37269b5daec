package io.miroir.fanout.answer;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a node's message about a client's mistake what one node would say: without the reserved
 * fields that nodes list as available, without the condition that was put before the client's
 * filter, with the client's names of indexes, and with rules of {@code filterableAttributes}
 * counted as the client counts them.
 */
public final class NodeErrors {
    /** What a node says where it has nothing to offer but reserved fields. */
    private static final Pattern ONLY_RESERVED =
            Pattern.compile(
                    "Available (filterable|sortable)[\\w ]*are: (?:`_miroir_\\w+`(?:, )?)+\\.|"
                            + "Available (filterable|sortable)[\\w ]*are: `(?:_miroir_\\w+(?:, )?)+`\\.");

    /** {@code `_miroir_seq`, `brand`} and {@code `_miroir_seq, price`}. */
    private static final Pattern LISTED =
            Pattern.compile("`_miroir_\\w+`, |(?<=`|, )_miroir_\\w+, ");

    /** The columns and the filter that a node shows, with our conditions first. */
    private static final Pattern FILTER =
            Pattern.compile(
                    "(\\d+):(\\d+) ((?:\\(\"_miroir_\\w+\" (?:IN \\[[^]]*]|!= \"[^\"]*\")\\) AND )+)(.*)",
                    Pattern.DOTALL);

    /** {@code `m12`}, {@code `m12.rankingRules[0]`} and {@code .facetsByIndex.m12`}. */
    private static final Pattern INDEX = Pattern.compile("(?<=[`.])(m\\d+)(?=[`.:])");

    /** Nodes have one rule of ours before the client's. */
    private static final Pattern RULE = Pattern.compile("\\brule #(\\d+)");

    private NodeErrors() {}

    /** The message for the client. */
    public static String forClient(String message, IndexProfile index) {
        return forClient(message, List.of(index));
    }

    /** The message for the client, of a request of several indexes. */
    public static String forClient(String message, List<IndexProfile> indexes) {
        Matcher filter = FILTER.matcher(message);
        boolean hasFilter = filter.find();
        String head = hasFilter ? message.substring(0, filter.start()) : message;
        String tail = hasFilter ? withoutCondition(filter) : "";
        head =
                ONLY_RESERVED
                        .matcher(head)
                        .replaceAll("This index does not have configured $1$2 attributes.");
        head = LISTED.matcher(head).replaceAll("");
        head = RULE.matcher(head).replaceAll(rule -> "rule #" + clientRule(rule.group(1)));
        head =
                INDEX.matcher(head)
                        .replaceAll(uid -> Matcher.quoteReplacement(named(uid.group(), indexes)));
        return head + tail;
    }

    private static long clientRule(String nodeRule) {
        return Math.max(0, Long.parseLong(nodeRule) - 1);
    }

    private static String named(String physicalUid, List<IndexProfile> indexes) {
        for (IndexProfile index : indexes) {
            if (index.physicalUid().equals(physicalUid)) {
                return index.uid();
            }
        }
        return physicalUid;
    }

    private static String withoutCondition(Matcher filter) {
        int cut = filter.group(3).length();
        String rest = filter.group(4);
        // Brackets part several conditions; a single one stands alone.
        if (isOneInBrackets(rest)) {
            rest = rest.substring(1, rest.length() - 1);
            cut++;
        }
        return (Integer.parseInt(filter.group(1)) - cut)
                + ":"
                + (Integer.parseInt(filter.group(2)) - cut)
                + " "
                + rest;
    }

    private static boolean isOneInBrackets(String filter) {
        int depth = 0;
        for (int i = 0; i < filter.length(); i++) {
            depth += filter.charAt(i) == '(' ? 1 : filter.charAt(i) == ')' ? -1 : 0;
            if (depth == 0) {
                return i == filter.length() - 1 && i > 0;
            }
        }
        return false;
    }
}
