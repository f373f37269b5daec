package io.miroir.capability.leader.dump;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** Reads small archives, and checks each header's sum. */
public final class TarFiles {
    private static final int BLOCK_BYTES = 512;

    private TarFiles() {}

    /** The files of a dump by name, folders with nothing. */
    public static Map<String, String> ofDump(byte[] dump) {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(dump))) {
            return read(in.readAllBytes());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Map<String, String> read(byte[] tar) {
        Map<String, String> files = new LinkedHashMap<>();
        int at = 0;
        while (tar[at] != 0) {
            check(tar, at);
            String folder = text(tar, at + 345, 155);
            String name = (folder.isEmpty() ? "" : folder + "/") + text(tar, at, 100);
            int size = Integer.parseInt(text(tar, at + 124, 12), 8);
            at += BLOCK_BYTES;
            files.put(name, new String(tar, at, size, StandardCharsets.UTF_8));
            at += Math.ceilDiv(size, BLOCK_BYTES) * BLOCK_BYTES;
        }
        if (tar.length - at != 2 * BLOCK_BYTES) {
            throw new AssertionError("no two blocks at the end of " + files.keySet());
        }
        return files;
    }

    static void check(byte[] tar, int at) {
        int told = Integer.parseInt(text(tar, at + 148, 8).strip(), 8);
        int sum = 0;
        for (int i = 0; i < BLOCK_BYTES; i++) {
            sum += i >= 148 && i < 156 ? ' ' : (tar[at + i] & 0xff);
        }
        if (sum != told) {
            throw new AssertionError("sum " + told + " of a header, not " + sum);
        }
    }

    private static String text(byte[] tar, int at, int bytesMax) {
        int end = at;
        while (end < at + bytesMax && tar[end] != 0) {
            end++;
        }
        return new String(tar, at, end - at, StandardCharsets.UTF_8);
    }
}
