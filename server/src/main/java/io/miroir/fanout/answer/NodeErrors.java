package io.miroir.fanout.answer;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a node's message about a client's mistake what one node would say: without the reserved
 * fields that nodes list as available, without the condition that was put before the client's
 * filter, and with the client's name of the index.
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

    /** The columns and the filter that a node shows, with our condition first. */
    private static final Pattern FILTER =
            Pattern.compile(
                    "(\\d+):(\\d+) (\\(\"_miroir_shard\" IN \\[[^]]*]\\) AND )(.*)",
                    Pattern.DOTALL);

    private NodeErrors() {}

    /** The message for the client. */
    public static String forClient(String message, IndexProfile index) {
        Matcher filter = FILTER.matcher(message);
        String shown = message;
        if (filter.find()) {
            shown = message.substring(0, filter.start()) + withoutCondition(filter);
        }
        shown =
                ONLY_RESERVED
                        .matcher(shown)
                        .replaceAll("This index does not have configured $1$2 attributes.");
        shown = LISTED.matcher(shown).replaceAll("");
        return shown.replace("`" + index.physicalUid() + "`", "`" + index.uid() + "`");
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
