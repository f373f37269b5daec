package io.miroir.api.webhooks;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The uuid in a path, in any form that UUIDs are written in. */
final class WebhookUuid {
    private static final Pattern TEXT =
            Pattern.compile(
                    "(?:\\{|urn:uuid:)?([0-9a-fA-F]{8})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{4})"
                            + "-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{12})}?");

    private static final String ALLOWED = "0123456789abcdefABCDEF-";
    private static final int[] LENGTHS = {8, 4, 4, 4, 12};

    private WebhookUuid() {}

    /** The uuid as answers show it; throws what Meilisearch says of a text that is none. */
    static String parse(String text) {
        Matcher uuid = TEXT.matcher(text);
        long hyphens = text.chars().filter(c -> c == '-').count();
        if (uuid.matches() && (hyphens == 0 || hyphens == LENGTHS.length - 1)) {
            return String.join(
                            "-",
                            uuid.group(1),
                            uuid.group(2),
                            uuid.group(3),
                            uuid.group(4),
                            uuid.group(5))
                    .toLowerCase(Locale.ROOT);
        }
        throw new ApiException(ErrorCode.INVALID_WEBHOOK_UUID, "Invalid UUID: " + fault(text));
    }

    private static String fault(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (ALLOWED.indexOf(text.charAt(i)) < 0) {
                return "invalid character: found `" + text.charAt(i) + "` at " + i;
            }
        }
        String[] groups = text.split("-", -1);
        if (groups.length == 1) {
            return "invalid length: found " + text.length();
        }
        if (groups.length != LENGTHS.length) {
            return "invalid group count: expected " + LENGTHS.length + ", found " + groups.length;
        }
        for (int group = 0; group < groups.length; group++) {
            if (groups[group].length() != LENGTHS[group]) {
                return "invalid group length in group "
                        + group
                        + ": expected "
                        + LENGTHS[group]
                        + ", found "
                        + groups[group].length();
            }
        }
        throw new IllegalStateException("a UUID after all: " + text);
    }
}
