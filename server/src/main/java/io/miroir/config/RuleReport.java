package io.miroir.config;

import io.miroir.config.bind.Problem;
import io.miroir.config.bind.Tree;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes what {@link Rules} find. A finding about a key that is faulty already is left out: it would
 * be about the default that stands in for it.
 */
final class RuleReport {
    private final Tree.Mapping tree;
    private final List<Problem> known;
    private final List<Problem> errors = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();

    RuleReport(Tree.Mapping tree, List<Problem> known) {
        this.tree = tree;
        this.known = known;
    }

    /**
     * @param key where it is to be put right
     * @param others further keys that it follows from
     */
    void error(String key, String message, String... others) {
        add(errors, key, message, others);
    }

    /** Like {@link #error}, for what can run all the same. */
    void warn(String key, String message, String... others) {
        add(warnings, key, message, others);
    }

    /** Whether someone wrote this key, so that it is not the default. */
    boolean isWritten(String key) {
        return tree.at(key) != null;
    }

    /** Whether someone wrote that this section is not enabled. */
    boolean isSwitchedOff(String section) {
        return tree.at(section + ".enabled") instanceof Tree.Scalar enabled
                && enabled.textOrEmpty().equals("false");
    }

    List<Problem> errors() {
        return errors;
    }

    List<Problem> warnings() {
        return warnings;
    }

    private void add(List<Problem> to, String key, String message, String... others) {
        boolean follows = isFaulty(key);
        for (String other : others) {
            follows |= isFaulty(other);
        }
        if (!follows) {
            Tree written = tree.at(key);
            to.add(new Problem((written == null ? tree : written).where(), key, message));
        }
    }

    private boolean isFaulty(String key) {
        return known.stream().anyMatch(p -> isWithin(p.key(), key) || isWithin(key, p.key()));
    }

    /** Whether {@code key} is {@code section} or one of its keys or items. */
    private static boolean isWithin(String key, String section) {
        return key.startsWith(section)
                && (key.length() == section.length()
                        || key.charAt(section.length()) == '.'
                        || key.charAt(section.length()) == '[');
    }
}
