package io.miroir.api.search;

import io.miroir.api.strict.Check;
import io.miroir.api.strict.StrictValue;
import java.util.List;
import java.util.stream.Stream;

/** The languages that a request or a setting may name, by their ISO 639 codes. */
public final class Locales {
    private static final List<String> TWO_LETTERS =
            words(
                    "af ak am ar az be bn bg ca cs da de el en eo et fi fr gu he hi hr "
                            + "hu hy id it jv ja kn ka km ko la lv lt ml mr mk my ne nl nb or pa "
                            + "fa pl pt ro ru si sk sl sn es sr sv ta te tl th tk tr uk ur uz vi "
                            + "yi zh zu ");

    private static final List<String> THREE_LETTERS =
            words(
                    "afr aka amh ara aze bel ben bul cat ces dan deu ell eng epo est "
                            + "fin fra guj heb hin hrv hun hye ind ita jav jpn kan kat khm kor "
                            + "lat lav lit mal mar mkd mya nep nld nob ori pan pes pol por ron "
                            + "rus sin slk slv sna spa srp swe tam tel tgl tha tuk tur ukr urd "
                            + "uzb vie yid zho zul cmn ");

    /** Every code, in the order that messages about bodies list them. */
    public static final List<String> CODES =
            Stream.concat(TWO_LETTERS.stream(), THREE_LETTERS.stream()).toList();

    /** The rule for an array of codes in a body. */
    public static final Check LIST = Check.arrayOf(Check.oneOf(CODES));

    private Locales() {}

    /** The code of three letters for the language of any code. */
    public static String ofThreeLetters(String code) {
        int place = TWO_LETTERS.indexOf(code);
        return place < 0 ? code : THREE_LETTERS.get(place);
    }

    /** The rule for comma-separated codes in a query, which has words of its own. */
    public static void checkParameter(StrictValue value) {
        for (String code : SearchParameters.elements(value.string())) {
            if (!CODES.contains(code)) {
                throw value.invalid(
                        "Unsupported locale `"
                                + code
                                + "`, expected one of "
                                + String.join(", ", TWO_LETTERS.stream().sorted().toList())
                                + ", "
                                + String.join(", ", THREE_LETTERS.stream().sorted().toList()));
            }
        }
    }

    private static List<String> words(String text) {
        return List.of(text.trim().split(" "));
    }
}
