package io.miroir.store.seal;

import com.google.protobuf.ByteString;
import io.miroir.proto.store.Strings;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * A row that may hold secrets, as it is stored.
 *
 * @param kind what it is a row of
 * @param key incarnation, task uid, uuid or name
 * @param values settings, details, an object, or the values of headers in the order of their names
 */
public record SecretRow(Kind kind, String key, List<String> values) {
    public SecretRow {
        values = List.copyOf(values);
    }

    /** Which rows may hold secrets. */
    public enum Kind {
        /** Settings in force. */
        INDEX,
        /** Settings, or the key of an export, of a task that has not ended. */
        TASK,
        WEBHOOK,
        /** What a client configured as one object. */
        CLIENT_OBJECT
    }

    /** By which a later command tells whether the row is still this one. */
    ByteString sha256() {
        byte[] bytes = Strings.newBuilder().addAllValue(values).build().toByteArray();
        try {
            return ByteString.copyFrom(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no SHA-256 in this JDK", e);
        }
    }
}
