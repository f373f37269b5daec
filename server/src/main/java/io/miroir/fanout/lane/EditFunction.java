package io.miroir.fanout.lane;

import io.miroir.core.routing.Separators;
import java.util.regex.Pattern;

/**
 * The client's function of an edit as nodes are to run it: it sees documents without the reserved
 * fields, and these are as they were when it is done, whatever it makes of the document (protocol,
 * rule 13).
 *
 * <p>Nodes run it as a script of Rhai whose variable {@code doc} is the document. What we add must
 * run in any case, so the function must not end the script before: it is evaluated as a text of its
 * own, which {@code return} ends, in a block, outside of which nothing that it declares is seen; it
 * can't change the constants in which the fields are kept. There it can't define functions; one
 * that does stands in the script as it is, which is safe only where nothing in it could end or
 * swallow what follows, or name those constants. One that does both fails its task; none makes a
 * document lose its fields.
 */
final class EditFunction {
    /** Ends the script from wherever it is called; as a function of the script it only fails. */
    private static final String NO_EXIT =
            "fn exit() { throw \"exit() is not available\" } fn exit(_value) { exit() } ";

    // Read before they are removed: the script may have a function of its own named remove.
    private static final String BEFORE =
            NO_EXIT
                    + "const _miroir_0 = doc.%1$s; const _miroir_1 = doc.%2$s;"
                            .formatted(Separators.SHARD_FIELD, Separators.SEQ_FIELD)
                    + " doc.remove(\"%1$s\"); doc.remove(\"%2$s\");"
                            .formatted(Separators.SHARD_FIELD, Separators.SEQ_FIELD);

    private static final String AFTER =
            "\n;if type_of(doc) == \"map\" {"
                    + " if _miroir_0 != () { doc."
                    + Separators.SHARD_FIELD
                    + " = _miroir_0; } if _miroir_1 != () { doc."
                    + Separators.SEQ_FIELD
                    + " = _miroir_1; } }";

    /** Named functions, and closures. */
    private static final Pattern DEFINES = Pattern.compile("\\bfn\\b|\\|");

    /**
     * A comment that is not closed swallows all that follows; a text that is made as the script
     * runs may say anything.
     */
    private static final Pattern ESCAPES = Pattern.compile("\\breturn\\b|/\\*|\\beval\\b|_miroir_");

    private static final Pattern LINE = Pattern.compile("\\(line (\\d+), position");
    private static final Pattern CALL =
            Pattern.compile("\nin call to function 'eval' \\(line 2, position 6\\)");
    private static final Pattern RESERVED = Pattern.compile("\"_miroir_\\w+\":\"[-_]*\",?");

    private EditFunction() {}

    /** The function that nodes are sent. */
    static String wrapped(String function) {
        return BEFORE + (standsAlone(function) ? evaluated(function) : "\n" + function) + AFTER;
    }

    // The block's value is the document that the function has left, should it have declared one.
    private static String evaluated(String function) {
        return " doc = {\neval(" + quoted(function) + "); doc };";
    }

    /** What a node says of the function that it was sent, as if it were the client's alone. */
    static String unwrapped(String message, String function) {
        String said = RESERVED.matcher(message).replaceAll("");
        return standsAlone(function)
                ? CALL.matcher(said).replaceAll("")
                : LINE.matcher(said)
                        .replaceAll(
                                found ->
                                        "(line "
                                                + (Long.parseLong(found.group(1)) - 1)
                                                + ", position");
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                default -> {
                    if (c < ' ') {
                        quoted.append(String.format("\\u%04x", (int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }

    private static boolean standsAlone(String function) {
        return !DEFINES.matcher(function).find() || ESCAPES.matcher(function).find();
    }
}
