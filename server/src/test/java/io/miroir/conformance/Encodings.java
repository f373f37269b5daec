package io.miroir.conformance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.InflaterInputStream;

/** Content encodings of request bodies; brotli and zstd as valid streams of stored blocks. */
final class Encodings {
    private static final int BLOCK_BYTES = 65_536;

    private Encodings() {}

    static byte[] encode(String encoding, byte[] body) throws IOException {
        return switch (encoding) {
            case "gzip" -> gzip(body);
            case "deflate" -> deflate(body);
            case "br" -> brotliStored(body);
            case "zstd" -> zstdStored(body);
            default -> throw new IllegalArgumentException("encoding " + encoding);
        };
    }

    static byte[] decode(String encoding, byte[] body) throws IOException {
        return switch (encoding) {
            case "gzip" ->
                    new GZIPInputStream(new java.io.ByteArrayInputStream(body)).readAllBytes();
            case "deflate" ->
                    new InflaterInputStream(new java.io.ByteArrayInputStream(body)).readAllBytes();
            default -> body;
        };
    }

    private static byte[] gzip(byte[] body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream zip = new GZIPOutputStream(out)) {
            zip.write(body);
        }
        return out.toByteArray();
    }

    private static byte[] deflate(byte[] body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream zip = new DeflaterOutputStream(out)) {
            zip.write(body);
        }
        return out.toByteArray();
    }

    /** RFC 7932: uncompressed meta-blocks, window of 16 bits. */
    private static byte[] brotliStored(byte[] body) {
        BitWriter out = new BitWriter();
        out.put(0, 1);
        for (int from = 0; from < body.length; from += BLOCK_BYTES) {
            int length = Math.min(BLOCK_BYTES, body.length - from);
            out.put(0, 1);
            out.put(0, 2);
            out.put(length - 1, 16);
            out.put(1, 1);
            out.align();
            out.bytes.write(body, from, length);
        }
        out.put(3, 2);
        out.align();
        return out.bytes.toByteArray();
    }

    /** RFC 8878: one frame of raw blocks, content size in four bytes. */
    private static byte[] zstdStored(byte[] body) {
        int blocks = Math.max(1, (body.length + BLOCK_BYTES - 1) / BLOCK_BYTES);
        ByteBuffer out =
                ByteBuffer.allocate(9 + body.length + 3 * blocks).order(ByteOrder.LITTLE_ENDIAN);
        out.put(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, (byte) 0xa0});
        out.putInt(body.length);
        for (int block = 0; block < blocks; block++) {
            int from = block * BLOCK_BYTES;
            int length = Math.min(BLOCK_BYTES, body.length - from);
            int header = (length << 3) | (block == blocks - 1 ? 1 : 0);
            out.put((byte) header).put((byte) (header >> 8)).put((byte) (header >> 16));
            out.put(body, from, length);
        }
        return out.array();
    }

    private static final class BitWriter {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int pending;
        private int pendingBits;

        private void put(int value, int width) {
            pending |= value << pendingBits;
            pendingBits += width;
            while (pendingBits >= 8) {
                bytes.write(pending & 0xff);
                pending >>>= 8;
                pendingBits -= 8;
            }
        }

        private void align() {
            if (pendingBits > 0) {
                put(0, 8 - pendingBits);
            }
        }
    }
}
