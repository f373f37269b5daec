package io.miroir.fanout.lane;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a dispatch carries, so that its task can be found on the node whatever became of the answer
 * (protocol, rule 4).
 *
 * @param epoch the claim under which it is dispatched
 * @param first the lowest position of the items that it holds
 * @param last the highest one; an item between the two is in it, or has nothing for the node
 */
public record Mark(String lane, long epoch, long first, long last) {
    private static final Pattern FORM =
            Pattern.compile("miroir:(\\d{1,18}):(\\d{1,18})(?:-(\\d{1,18}))?:(.*)");

    /** As nodes keep it. */
    String text() {
        String positions = first == last ? Long.toString(first) : first + "-" + last;
        return "miroir:" + epoch + ":" + positions + ":" + lane;
    }

    /** Whether a task that carries {@code held} holds the item that {@code item} stands for. */
    static boolean covers(String held, String item) {
        if (held.equals(item)) {
            return true;
        }
        Optional<Mark> all = parse(held);
        Optional<Mark> one = parse(item);
        return all.isPresent() && one.isPresent() && all.get().covers(one.get());
    }

    /** Whether a task that carries this holds the item that carries the other one. */
    boolean covers(Mark one) {
        return lane.equals(one.lane)
                && epoch == one.epoch
                && first <= one.first
                && one.last <= last;
    }

    /** From a node; empty for what is none of ours. */
    public static Optional<Mark> parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long first = Long.parseLong(parts.group(2));
        long last = parts.group(3) == null ? first : Long.parseLong(parts.group(3));
        return Optional.of(new Mark(parts.group(4), Long.parseLong(parts.group(1)), first, last));
    }
}
