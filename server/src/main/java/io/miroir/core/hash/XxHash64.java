package io.miroir.core.hash;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * XXH64 after the xxHash specification (Yann Collet, version 0.1.1). It decides where documents
 * live, so it is written out here: a library that changed would move them.
 */
public final class XxHash64 {
    private static final long P1 = 0x9E3779B185EBCA87L;
    private static final long P2 = 0xC2B2AE3D27D4EB4FL;
    private static final long P3 = 0x165667B19E3779F9L;
    private static final long P4 = 0x85EBCA77C2B2AE63L;
    private static final long P5 = 0x27D4EB2F165667C5L;

    private static final int STRIPE_BYTES = 32;

    private static final VarHandle LE64 =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LE32 =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private XxHash64() {}

    /** The hash of all {@code bytes} with seed 0; an unsigned 64-bit number. */
    public static long hash(byte[] bytes) {
        return hash(bytes, 0, bytes.length, 0);
    }

    /**
     * The hash of {@code length} bytes from {@code offset}; an unsigned 64-bit number.
     *
     * @throws IndexOutOfBoundsException if the range is not inside {@code bytes}
     */
    public static long hash(byte[] bytes, int offset, int length, long seed) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int end = offset + length;
        int at = offset;
        long acc = seed + P5;
        if (length >= STRIPE_BYTES) {
            long a = seed + P1 + P2;
            long b = seed + P2;
            long c = seed;
            long d = seed - P1;
            for (; at <= end - STRIPE_BYTES; at += STRIPE_BYTES) {
                a = round(a, (long) LE64.get(bytes, at));
                b = round(b, (long) LE64.get(bytes, at + 8));
                c = round(c, (long) LE64.get(bytes, at + 16));
                d = round(d, (long) LE64.get(bytes, at + 24));
            }
            acc =
                    Long.rotateLeft(a, 1)
                            + Long.rotateLeft(b, 7)
                            + Long.rotateLeft(c, 12)
                            + Long.rotateLeft(d, 18);
            acc = converge(converge(converge(converge(acc, a), b), c), d);
        }
        return avalanche(tail(acc + length, bytes, at, end));
    }

    private static long tail(long accumulated, byte[] bytes, int from, int end) {
        long acc = accumulated;
        int at = from;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            acc = Long.rotateLeft(acc ^ round(0, (long) LE64.get(bytes, at)), 27) * P1 + P4;
        }
        if (at <= end - Integer.BYTES) {
            acc ^= Integer.toUnsignedLong((int) LE32.get(bytes, at)) * P1;
            acc = Long.rotateLeft(acc, 23) * P2 + P3;
            at += Integer.BYTES;
        }
        for (; at < end; at++) {
            acc = Long.rotateLeft(acc ^ Byte.toUnsignedLong(bytes[at]) * P5, 11) * P1;
        }
        return acc;
    }

    private static long round(long acc, long lane) {
        return Long.rotateLeft(acc + lane * P2, 31) * P1;
    }

    private static long converge(long acc, long lane) {
        return (acc ^ round(0, lane)) * P1 + P4;
    }

    private static long avalanche(long hash) {
        long h = (hash ^ (hash >>> 33)) * P2;
        h = (h ^ (h >>> 29)) * P3;
        return h ^ (h >>> 32);
    }
}
