package io.miroir.api.documents;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Splits CSV (RFC 4180) into records. A quote opens a quoted cell only at its start; blank lines
 * are skipped; lines end with LF, CR LF or CR.
 */
final class CsvRecords {
    private static final int END = -1;
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final InputStream in;
    private final int delimiter;
    private final ByteArrayOutputStream cell = new ByteArrayOutputStream();
    private long bytesRead;
    private long line = 1;
    private long nextIndex;
    private long recordLine;
    private long recordByte;
    private int peeked = END;
    private boolean hasPeeked;

    CsvRecords(InputStream in, char delimiter) {
        this.in = new BufferedInputStream(in, 1 << 16);
        this.delimiter = delimiter;
    }

    /** The number of the last record; the header is 0. */
    long recordIndex() {
        return nextIndex - 1;
    }

    /** The line the last record began on; the first is 1. */
    long recordLine() {
        return recordLine;
    }

    /** The offset of the last record's first byte. */
    long recordByte() {
        return recordByte;
    }

    /** The next record's cells, or null at the end. */
    @Nullable List<String> next() throws IOException {
        if (nextIndex == 0) {
            skipMark();
        }
        recordLine = line;
        recordByte = bytesRead;
        while (peek() == '\n' || peek() == '\r') {
            take();
        }
        if (peek() == END) {
            return null;
        }
        nextIndex++;
        List<String> cells = new ArrayList<>();
        boolean more = true;
        while (more) {
            more = readCell(cells);
        }
        return cells;
    }

    /** Reads one cell; returns whether another follows in this record. */
    private boolean readCell(List<String> cells) throws IOException {
        cell.reset();
        if (peek() == '"') {
            take();
            readQuoted();
        }
        while (true) {
            // The LF of CR LF is skipped as a blank line is: errors count it to the next record.
            int c = take();
            if (c == delimiter || c == END || c == '\n' || c == '\r') {
                cells.add(text(cells.size()));
                return c == delimiter;
            }
            cell.write(c);
        }
    }

    private void readQuoted() throws IOException {
        for (int c = take(); c != END; c = take()) {
            if (c == '"') {
                if (peek() != '"') {
                    return;
                }
                take();
            }
            cell.write(c);
        }
    }

    private String text(int field) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(cell.toByteArray()))
                    .toString();
        } catch (CharacterCodingException _) {
            throw CsvDocuments.malformed(
                    "CSV parse error: record "
                            + recordIndex()
                            + " (line "
                            + recordLine
                            + ", field: "
                            + field
                            + ", byte: "
                            + recordByte
                            + "): invalid utf-8");
        }
    }

    /** A byte order mark is no part of the first record. */
    private void skipMark() throws IOException {
        in.mark(MARK.length);
        if (Arrays.equals(in.readNBytes(MARK.length), MARK)) {
            bytesRead = MARK.length;
        } else {
            in.reset();
        }
    }

    private int peek() throws IOException {
        if (!hasPeeked) {
            peeked = in.read();
            hasPeeked = true;
        }
        return peeked;
    }

    private int take() throws IOException {
        int c = peek();
        hasPeeked = false;
        if (c != END) {
            bytesRead++;
        }
        if (c == '\n') {
            line++;
        }
        return c;
    }
}
