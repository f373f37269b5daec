package io.miroir.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

/**
 * A certificate for a key that is known already: TLS wants one around every key. The JDK can read
 * them, not make them, so its few fields are written here as DER (RFC 5280, RFC 8410).
 */
final class SelfSigned {
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final byte[] ED25519 = {0x06, 0x03, 0x2b, 0x65, 0x70};
    private static final byte[] COMMON_NAME = {0x06, 0x03, 0x55, 0x04, 0x03};

    private SelfSigned() {}

    /** Of an Ed25519 key; nobody looks at its dates, the key alone counts. */
    static X509Certificate certificate(KeyPair pair) throws GeneralSecurityException {
        byte[] algorithm = value(SEQUENCE, ED25519);
        byte[] name =
                value(SEQUENCE, value(SET, value(SEQUENCE, COMMON_NAME, text(0x0c, "miroir pod"))));
        byte[] dates = value(SEQUENCE, text(0x17, "200101000000Z"), text(0x18, "99991231235959Z"));
        byte[] body =
                value(
                        SEQUENCE,
                        value(0xa0, new byte[] {0x02, 0x01, 0x02}),
                        new byte[] {0x02, 0x01, 0x01},
                        algorithm,
                        name,
                        dates,
                        name,
                        pair.getPublic().getEncoded());
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(pair.getPrivate());
        signer.update(body);
        byte[] certificate =
                value(SEQUENCE, body, algorithm, value(0x03, new byte[] {0}, signer.sign()));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(certificate));
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
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(tag);
        int length = content.size();
        if (length < 0x80) {
            whole.write(length);
        } else if (length < 0x100) {
            whole.write(0x81);
            whole.write(length);
        } else {
            whole.write(0x82);
            whole.write(length >> 8);
            whole.write(length);
        }
        whole.writeBytes(content.toByteArray());
        return whole.toByteArray();
    }
}
