package io.miroir.api.documents;

import io.miroir.api.IndexUid;
import io.miroir.api.Json;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A document by its bytes, which are well-formed, and where its members are. It belongs to the
 * {@link DocumentScanner}, which fills it anew for each document.
 */
public final class ScannedDocument {
    /** The value of a member is not an id that can be read off its bytes. */
    public static final int NO_ID = -1;

    /** No number of so many digits is written in two ways, or too large. */
    private static final int NUMBER_BYTES_MAX = 18;

    private static final int PLACES = 4;

    private byte[] bytes = new byte[0];
    private int start;
    private int end;
    private boolean readAlike;

    /** Of each member: where its name begins and ends, without quotes, and its value. */
    private int[] places = new int[PLACES * 16];

    private int members;

    ScannedDocument() {}

    void begin(byte[] window, int from) {
        bytes = window;
        start = from;
        members = 0;
    }

    void member(int nameFrom, int nameEnd, int valueFrom, int valueEnd) {
        int at = members * PLACES;
        if (at == places.length) {
            places = Arrays.copyOf(places, places.length * 2);
        }
        places[at] = nameFrom;
        places[at + 1] = nameEnd;
        places[at + 2] = valueFrom;
        places[at + 3] = valueEnd;
        members++;
    }

    void end(int behind, boolean alike) {
        end = behind;
        readAlike = alike;
    }

    /** What its bytes lie in. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where its opening brace is. */
    public int start() {
        return start;
    }

    /** Behind its closing brace. */
    public int end() {
        return end;
    }

    /**
     * True if all readers of JSON make the same of its bytes, and the names of its members are
     * spelled out.
     */
    public boolean isReadAlike() {
        return readAlike;
    }

    /** How many members it has, those counted again that have a name in common. */
    public int members() {
        return members;
    }

    /** Whether a member has this name, given as UTF-8. */
    public boolean isNamed(int member, byte[] name) {
        return nameLength(member) == name.length && nameBegins(member, name);
    }

    /** Whether a member's name begins so, given as UTF-8. */
    public boolean nameBegins(int member, byte[] beginning) {
        int from = places[member * PLACES];
        return nameLength(member) >= beginning.length
                && Arrays.equals(
                        bytes, from, from + beginning.length, beginning, 0, beginning.length);
    }

    private int nameLength(int member) {
        return places[member * PLACES + 1] - places[member * PLACES];
    }

    /**
     * Copies the id that a member's value is.
     *
     * @param target with room for {@link PrimaryKey#ID_BYTES_MAX}
     * @return its length; {@link #NO_ID} if it is none, or one that is not spelled out
     */
    public int copyId(int member, byte[] target) {
        int from = places[member * PLACES + 2];
        int to = places[member * PLACES + 3];
        if (bytes[from] == '"') {
            from++;
            to--;
            if (!isId(from, to)) {
                return NO_ID;
            }
        } else if (!isPlainInteger(from, to)) {
            return NO_ID;
        }
        System.arraycopy(bytes, from, target, 0, to - from);
        return to - from;
    }

    private boolean isId(int from, int to) {
        if (to == from || to - from > PrimaryKey.ID_BYTES_MAX) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (!IndexUid.isCharacter(bytes[i])) {
                return false;
            }
        }
        return true;
    }

    private boolean isPlainInteger(int from, int to) {
        int digits = bytes[from] == '-' ? from + 1 : from;
        // Minus zero is zero.
        if (to - digits > NUMBER_BYTES_MAX || (digits > from && bytes[digits] == '0')) {
            return false;
        }
        for (int i = digits; i < to; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return false;
            }
        }
        return to > digits;
    }

    /** A member's value as a tree. */
    public JsonNode value(int member) {
        int from = places[member * PLACES + 2];
        int to = places[member * PLACES + 3];
        return Json.mapper().readTree(bytes, from, to - from);
    }

    /** The same as a tree. */
    public ObjectNode tree() {
        return (ObjectNode) Json.mapper().readTree(bytes, start, end - start);
    }
}
