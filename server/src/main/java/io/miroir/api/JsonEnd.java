package io.miroir.api;

/** What serde_json says of JSON that ends too early. */
public final class JsonEnd {
    private JsonEnd() {}

    /**
     * Where it ends, and within what.
     *
     * @param utf8 without a fault up to its end
     */
    public static String fault(byte[] utf8) {
        StringBuilder open = new StringBuilder();
        boolean inText = false;
        byte last = 0;
        int line = 1;
        int column = 0;
        for (int i = 0; i < utf8.length; i++) {
            byte b = utf8[i];
            boolean ends = b == '\n';
            line += ends ? 1 : 0;
            column = ends ? 0 : column + 1;
            if (inText) {
                if (b == '\\' && i + 1 < utf8.length) {
                    // No line ends within a text.
                    i++;
                    column++;
                }
                inText = b != '"';
                continue;
            }
            switch (b) {
                case '"' -> inText = true;
                case '[', '{' -> open.append((char) b);
                case ']', '}' -> open.setLength(Math.max(0, open.length() - 1));
                default -> {}
            }
            last = b > ' ' ? b : last;
        }
        return "EOF while parsing %s at line %d column %d"
                .formatted(inText ? "a string" : within(open, last), line, column);
    }

    private static String within(StringBuilder open, byte last) {
        if (open.isEmpty() || last == ':' || last == ',') {
            return "a value";
        }
        return open.charAt(open.length() - 1) == '[' ? "a list" : "an object";
    }
}
