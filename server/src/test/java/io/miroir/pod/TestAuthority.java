package io.miroir.pod;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Base64;

/**
 * An authority as operators have one, which signs the certificates of pods. The JDK can read them,
 * not make them: they are written here as DER (RFC 5280).
 */
public final class TestAuthority {
    private static final int SEQUENCE = 0x30;
    private static final byte[] TRUE = {0x01, 0x01, (byte) 0xff};
    private static final byte[] COMMON_NAME = {0x06, 0x03, 0x55, 0x04, 0x03};
    private static final byte[] BASIC_CONSTRAINTS = {0x06, 0x03, 0x55, 0x1d, 0x13};

    /** ECDSA with SHA-256. */
    private static final byte[] ALGORITHM = {
        SEQUENCE, 0x0a, 0x06, 0x08, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x04, 0x03, 0x02
    };

    private final byte[] name;
    private final KeyPair keys;
    private byte serial;

    /**
     * What a pod shows.
     *
     * @param certificate in PEM
     * @param key in PEM
     */
    public record Issued(String certificate, String key) {}

    /** With a key of its own. */
    public TestAuthority(String name) throws GeneralSecurityException {
        this.name = named(name);
        this.keys = newKeys();
    }

    /** Its own certificate, in PEM. */
    public String certificate() throws GeneralSecurityException {
        return pem("CERTIFICATE", sign(name, keys.getPublic(), TRUE));
    }

    /** A key that nobody has yet, and its certificate. */
    public Issued issue(String holder) throws GeneralSecurityException {
        KeyPair pair = newKeys();
        return new Issued(
                pem("CERTIFICATE", sign(named(holder), pair.getPublic())),
                pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private byte[] sign(byte[] holder, PublicKey key, byte... constraints)
            throws GeneralSecurityException {
        serial++;
        byte[] extension =
                value(SEQUENCE, BASIC_CONSTRAINTS, TRUE, value(0x04, value(SEQUENCE, constraints)));
        byte[] body =
                value(
                        SEQUENCE,
                        value(0xa0, new byte[] {0x02, 0x01, 0x02}),
                        new byte[] {0x02, 0x01, serial},
                        ALGORITHM,
                        name,
                        value(SEQUENCE, text(0x17, "200101000000Z"), text(0x18, "99991231235959Z")),
                        holder,
                        key.getEncoded(),
                        value(0xa3, value(SEQUENCE, extension)));
        Signature signer = Signature.getInstance("SHA256withECDSA");
        signer.initSign(keys.getPrivate());
        signer.update(body);
        return value(SEQUENCE, body, ALGORITHM, value(0x03, new byte[] {0}, signer.sign()));
    }

    private static byte[] named(String name) {
        return value(SEQUENCE, value(0x31, value(SEQUENCE, COMMON_NAME, text(0x0c, name))));
    }

    private static byte[] text(int tag, String text) {
        return value(tag, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Tag, length, parts. */
    private static byte[] value(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        int length = content.size();
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(tag);
        if (length >= 0x100) {
            whole.write(0x82);
            whole.write(length >> 8);
        } else if (length >= 0x80) {
            whole.write(0x81);
        }
        whole.write(length);
        whole.writeBytes(content.toByteArray());
        return whole.toByteArray();
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(what, Base64.getMimeEncoder().encodeToString(bytes), what);
    }
}
