package io.miroir.capability.stateless.session;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.core.hash.XxHash64;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The receipts of one cluster's writes: a text that names the cluster and the task, and tells if it
 * was damaged on its way. It is no secret and opens nothing.
 */
final class Receipts {
    private static final Pattern SHAPE =
            Pattern.compile("([0-9a-f]{8})-([0-9]{1,10})-([0-9a-f]{4})");
    private static final int CLUSTER_DIGITS = 8;
    private static final int CHECK_DIGITS = 4;

    private final String cluster;

    /** Those of the cluster with that id. */
    Receipts(String clusterId) {
        this.cluster = hash(clusterId, CLUSTER_DIGITS);
    }

    /** The receipt of a write that has become that task. */
    String of(long taskUid) {
        String named = cluster + "-" + taskUid;
        return named + "-" + hash(named, CHECK_DIGITS);
    }

    /**
     * The task that a receipt speaks of.
     *
     * @throws ApiException for a text that is no receipt, or one of another cluster
     */
    long taskOf(String receipt) {
        Matcher parts = SHAPE.matcher(receipt);
        if (!parts.matches()
                || !hash(parts.group(1) + "-" + parts.group(2), CHECK_DIGITS)
                        .equals(parts.group(3))) {
            throw refused("`" + receipt + "` is not the receipt of a write.");
        }
        if (!parts.group(1).equals(cluster)) {
            throw refused("`" + receipt + "` is the receipt of a write to another cluster.");
        }
        return Long.parseLong(parts.group(2));
    }

    static ApiException refused(String why) {
        return new ApiException(ErrorCode.MIROIR_INVALID_RECEIPT, why);
    }

    private static String hash(String text, int digits) {
        long hash = XxHash64.hash(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits(hash, digits);
    }
}
