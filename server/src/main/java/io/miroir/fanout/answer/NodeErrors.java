package io.miroir.fanout.answer;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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

    /**
     * {@code `_miroir_seq`, `brand`}, {@code `_miroir_seq, price`}, and at the end, behind what
     * sorts before an underscore.
     */
    private static final Pattern LISTED =
            Pattern.compile(
                    "`_miroir_\\w+`, |(?<=`|, )_miroir_\\w+, "
                            + "|(?:, `_miroir_\\w+`)+(?=\\.)|(?:, _miroir_\\w+)+(?=`\\.)");

    /** A list of attributes of which one server shows those that are displayed. */
    private static final Pattern ATTRIBUTES =
            Pattern.compile(
                    "Available ((?:facet-)?\\w+able) attributes(?: patterns)? are: `([^`]*)`\\.");

    /** The index that a message speaks of. */
    private static final Pattern SPOKEN_OF = Pattern.compile("Index `([^`]*)`: ");

    /** The columns and the filter that a node shows, with our conditions first. */
    private static final Pattern FILTER =
            Pattern.compile(
                    "(\\d+):(\\d+) ((?:\\(\"_miroir_\\w+\" (?:IN \\[[^]]*]|!= \"[^\"]*\")\\) AND )+)(.*)",
                    Pattern.DOTALL);

    /** {@code `m12`}, {@code `m12.rankingRules[0]`} and {@code .facetsByIndex.m12`}. */
    private static final Pattern INDEX = Pattern.compile("(?<=[`.])(m\\d+)(?=[`.:])");

    /** Nodes have one rule of ours before the client's. */
    private static final Pattern RULE = Pattern.compile("\\brule #(\\d+)");

    /** The refusals that name only what is displayed. */
    private static final Set<ErrorCode> HIDING =
            EnumSet.of(
                    ErrorCode.INVALID_SEARCH_SORT,
                    ErrorCode.INVALID_SEARCH_DISTINCT,
                    ErrorCode.INVALID_SEARCH_ATTRIBUTES_TO_SEARCH_ON,
                    ErrorCode.INVALID_FACET_SEARCH_FACET_NAME);

    private static final String HIDDEN = ", <..hidden-attributes>";

    private NodeErrors() {}

    /** The refusal for the client. */
    public static ApiException forClient(ApiException refusal, List<IndexProfile> indexes) {
        String text = forClient(refusal.text(), indexes);
        return new ApiException(
                refusal.code(),
                HIDING.contains(refusal.code()) ? withoutHidden(text, indexes) : text);
    }

    /** The message for the client, of whatever it may see. */
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

    private static String withoutHidden(String message, List<IndexProfile> indexes) {
        List<String> displayed = spokenOf(message, indexes).displayed();
        if (displayed == null) {
            return message;
        }
        return ATTRIBUTES
                .matcher(message)
                .replaceFirst(
                        found -> {
                            List<String> all = List.of(found.group(2).split(", "));
                            List<String> shown = all.stream().filter(displayed::contains).toList();
                            if (shown.size() == all.size()) {
                                return Matcher.quoteReplacement(found.group());
                            }
                            return Matcher.quoteReplacement(
                                    shown.isEmpty() && !found.group(1).equals("searchable")
                                            ? "This index does not have configured "
                                                    + found.group(1)
                                                    + " attributes."
                                            : found.group()
                                                    .replace(
                                                            found.group(2),
                                                            String.join(", ", shown) + HIDDEN));
                        });
    }

    private static IndexProfile spokenOf(String message, List<IndexProfile> indexes) {
        Matcher named = SPOKEN_OF.matcher(message);
        String uid = named.find() ? named.group(1) : "";
        return indexes.stream()
                .filter(index -> index.uid().equals(uid))
                .findFirst()
                .orElse(indexes.getFirst());
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
