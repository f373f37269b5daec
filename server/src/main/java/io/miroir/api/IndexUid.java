package io.miroir.api;

/** The rule for names of indexes. */
public final class IndexUid {
    /** A longer uid is refused (whatever the message says); characters are ASCII, so bytes. */
    public static final int BYTES_MAX = 400;

    private IndexUid() {}

    /** Whether a text can name an index. */
    public static boolean isValid(String uid) {
        return !uid.isEmpty()
                && uid.length() <= BYTES_MAX
                && uid.chars().allMatch(IndexUid::isCharacter);
    }

    /** The uid itself, if it is one. */
    public static String require(String uid) {
        if (!isValid(uid)) {
            throw invalid(uid);
        }
        return uid;
    }

    private static ApiException invalid(String uid) {
        return new ApiException(ErrorCode.INVALID_INDEX_UID, why(uid));
    }

    /** Why a text can't name an index. */
    public static String why(String uid) {
        return "`"
                + uid
                + "` is not a valid index uid. Index uid can be an integer or a string containing"
                + " only alphanumeric characters, hyphens (-) and underscores (_), and can not be"
                + " more than 512 bytes.";
    }

    /** The error of a request that names an index which is not there, or could not be. */
    public static ApiException absent(String uid) {
        return isValid(uid) ? notFound(uid) : invalid(uid);
    }

    /** The error of a request that names an index which is not there. */
    public static ApiException notFound(String uid) {
        return new ApiException(ErrorCode.INDEX_NOT_FOUND, "Index `" + uid + "` not found.");
    }

    /** The error of a request for a name that another index bears. */
    public static ApiException alreadyExists(String uid) {
        return new ApiException(
                ErrorCode.INDEX_ALREADY_EXISTS, "Index `" + uid + "` already exists.");
    }

    /** The error of a request that would give an index the name of an alias. */
    public static ApiException aliased(String uid) {
        return new ApiException(
                ErrorCode.MIROIR_ALIAS_CONFLICT,
                "There is an alias `" + uid + "`: an index needs another name.");
    }

    /** Whether a character may stand in uids of indexes and ids of documents. */
    public static boolean isCharacter(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '_';
    }
}
