package io.miroir.cli.demo;

/**
 * Unicode's general categories, of characters that are assigned.
 *
 * @param code two letters as the standard has them
 * @param words the standard's name
 */
record Category(String code, String words) {
    /** The category of an assigned character. */
    static Category of(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.UPPERCASE_LETTER -> new Category("Lu", "Uppercase Letter");
            case Character.LOWERCASE_LETTER -> new Category("Ll", "Lowercase Letter");
            case Character.TITLECASE_LETTER -> new Category("Lt", "Titlecase Letter");
            case Character.MODIFIER_LETTER -> new Category("Lm", "Modifier Letter");
            case Character.OTHER_LETTER -> new Category("Lo", "Other Letter");
            case Character.NON_SPACING_MARK -> new Category("Mn", "Nonspacing Mark");
            case Character.ENCLOSING_MARK -> new Category("Me", "Enclosing Mark");
            case Character.COMBINING_SPACING_MARK -> new Category("Mc", "Spacing Mark");
            case Character.DECIMAL_DIGIT_NUMBER -> new Category("Nd", "Decimal Number");
            case Character.LETTER_NUMBER -> new Category("Nl", "Letter Number");
            case Character.OTHER_NUMBER -> new Category("No", "Other Number");
            case Character.SPACE_SEPARATOR -> new Category("Zs", "Space Separator");
            case Character.LINE_SEPARATOR -> new Category("Zl", "Line Separator");
            case Character.PARAGRAPH_SEPARATOR -> new Category("Zp", "Paragraph Separator");
            case Character.CONTROL -> new Category("Cc", "Control");
            case Character.FORMAT -> new Category("Cf", "Format");
            case Character.DASH_PUNCTUATION -> new Category("Pd", "Dash Punctuation");
            case Character.START_PUNCTUATION -> new Category("Ps", "Open Punctuation");
            case Character.END_PUNCTUATION -> new Category("Pe", "Close Punctuation");
            case Character.CONNECTOR_PUNCTUATION -> new Category("Pc", "Connector Punctuation");
            case Character.INITIAL_QUOTE_PUNCTUATION -> new Category("Pi", "Initial Punctuation");
            case Character.FINAL_QUOTE_PUNCTUATION -> new Category("Pf", "Final Punctuation");
            case Character.OTHER_PUNCTUATION -> new Category("Po", "Other Punctuation");
            case Character.MATH_SYMBOL -> new Category("Sm", "Math Symbol");
            case Character.CURRENCY_SYMBOL -> new Category("Sc", "Currency Symbol");
            case Character.MODIFIER_SYMBOL -> new Category("Sk", "Modifier Symbol");
            case Character.OTHER_SYMBOL -> new Category("So", "Other Symbol");
            default ->
                    throw new IllegalArgumentException(
                            "U+%04X is not an assigned character".formatted(codePoint));
        };
    }

    /** Whether characters of this category have a value. */
    boolean isNumber() {
        return code.charAt(0) == 'N';
    }
}
