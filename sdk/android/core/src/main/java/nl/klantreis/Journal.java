package nl.klantreis;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.zip.CRC32;

/**
 * What waits, on disk: one file that is only ever added to. This is its specification.
 *
 * <p>A record is a head of 16 bytes and a payload, numbers big-endian: {@code 'K' 'R'}, kind, format version 1, number
 * (4), length of the payload (4), CRC-32 of kind, number and payload (4). Kinds:
 *
 * <ul>
 *   <li>{@code T}, a touchpoint: flags (1; bit 0: of low value), wall clock (8), uptime (8), length (2)
 *       and name of the boot, the JSON. Numbers of touchpoints count from 0.
 *   <li>{@code G}, gone: the numbers (4 each) of touchpoints that need not be sent any more.
 *   <li>{@code S}, what is remembered of the person's visits, as JSON; the last one counts.
 * </ul>
 *
 * <p>The number of {@code G} and {@code S} is that of the next touchpoint, so that after damage it is known how many
 * touchpoints were lost ({@link JournalReader}). A program that is killed leaves a last record cut short: it was never
 * confirmed, and is cut off. When most of a file is gone, what waits is written to a new one, which takes the old one's
 * place when it is synced. A {@code G} is not synced: after a power cut its touchpoints are sent again, under the same
 * ids.
 */
final class Journal {
    static final int HEAD = 16;
    static final short MARK = 'K' << 8 | 'R';
    static final byte VERSION = 1;
    /** Of a payload: many times what a touchpoint may have, and no room for nonsense. */
    static final int LONGEST = 1 << 20;
    /** Below it a file is not worth writing anew. */
    private static final int SMALL = 64 * 1024;

    private File path;
    /** Null while it is let go of. */
    private RandomAccessFile file;
    private long end;
    private int next;
    /** Bytes of the file that are of touchpoints that wait. */
    private long live;

    private Journal(File path, RandomAccessFile file) {
        this.path = path;
        this.file = file;
    }

    /** Opens a file, made where there is none. {@code found} gets what waits in it. */
    static Journal open(File path, JournalReader.Found found) throws IOException {
        RandomAccessFile file = new RandomAccessFile(path, "rw");
        try {
            new JournalReader(file, found).read();
            Journal journal = new Journal(path, file);
            journal.end = found.end;
            journal.next = found.next;
            if (file.length() > found.end) {
                file.setLength(found.end);
            }
            for (Waiting one : found.waiting.values()) {
                journal.live += HEAD + one.length;
            }
            return journal;
        } catch (IOException | RuntimeException fault) {
            closed(file);
            throw fault;
        }
    }

    /** A new file with what is remembered, and nothing that waits. */
    static Journal create(File path, String state) throws IOException {
        RandomAccessFile file = new RandomAccessFile(path, "rw");
        try {
            file.setLength(0);
            Journal journal = new Journal(path, file);
            journal.remember(state);
            return journal;
        } catch (IOException | RuntimeException fault) {
            closed(file);
            throw fault;
        }
    }

    /**
     * Adds a touchpoint. What is remembered after it, if given, goes before it in the same write: so a number may be
     * skipped, and is never given twice.
     */
    void add(Waiting one, String state) throws IOException {
        byte[] before = state == null ? new byte[0] : record('S', state.getBytes(StandardCharsets.UTF_8));
        byte[] record = record('T', payload(one));
        long offset = append(ByteBuffer.allocate(before.length + record.length).put(before).put(record).array());
        one.offset = offset + before.length;
        one.length = record.length - HEAD;
        one.number = next++;
        live += record.length;
    }

    void remember(String state) throws IOException {
        append(record('S', state.getBytes(StandardCharsets.UTF_8)));
    }

    /** These need not be sent any more. */
    void remove(Collection<Waiting> gone) throws IOException {
        ByteBuffer numbers = ByteBuffer.allocate(4 * gone.size());
        for (Waiting one : gone) {
            numbers.putInt(one.number);
            live -= HEAD + one.length;
        }
        append(record('G', numbers.array()));
    }

    /** The JSON of one; null where it is not what was stored. */
    byte[] body(Waiting one) throws IOException {
        byte[] record = new byte[HEAD + one.length];
        RandomAccessFile file = file();
        file.seek(one.offset);
        file.readFully(record);
        ByteBuffer head = ByteBuffer.wrap(record);
        byte[] payload = java.util.Arrays.copyOfRange(record, HEAD, record.length);
        if (head.getInt(12) != crc((byte) 'T', one.number, payload) || head.getInt(4) != one.number) {
            return null;
        }
        return JournalReader.body(payload);
    }

    /** Returns when all of it is on disk. */
    void sync() throws IOException {
        file().getFD().sync();
    }

    boolean isMostlyGone() {
        return end > SMALL + 2 * live;
    }

    void close() {
        if (file != null) {
            closed(file);
            file = null;
        }
    }

    /** Is at this place from now on, and opened there when it is used: Windows moves no file that is open. */
    void movedTo(File place) {
        path = place;
    }

    private RandomAccessFile file() throws IOException {
        if (file == null) {
            file = new RandomAccessFile(path, "rw");
        }
        return file;
    }

    private long append(byte[] bytes) throws IOException {
        long offset = end;
        RandomAccessFile file = file();
        try {
            file.seek(offset);
            file.write(bytes);
        } catch (IOException fault) {
            try {
                file.setLength(offset); // what was written of it must not be in the way of what comes next
            } catch (IOException worse) {
                fault.addSuppressed(worse);
            }
            throw fault;
        }
        end = offset + bytes.length;
        return offset;
    }

    private byte[] record(char kind, byte[] payload) {
        ByteBuffer record = ByteBuffer.allocate(HEAD + payload.length);
        record.putShort(MARK).put((byte) kind).put(VERSION).putInt(next).putInt(payload.length);
        return record.putInt(crc((byte) kind, next, payload)).put(payload).array();
    }

    static int crc(byte kind, int number, byte[] payload) {
        CRC32 crc = new CRC32();
        crc.update(ByteBuffer.allocate(5).put(kind).putInt(number).array());
        crc.update(payload);
        return (int) crc.getValue();
    }

    private static byte[] payload(Waiting one) {
        byte[] boot = one.then.boot.getBytes(StandardCharsets.UTF_8);
        ByteBuffer payload = ByteBuffer.allocate(19 + boot.length + one.body.length);
        payload.put((byte) (one.low ? 1 : 0)).putLong(one.then.wallMs).putLong(one.then.uptimeMs);
        return payload.putShort((short) boot.length).put(boot).put(one.body).array();
    }

    private static void closed(RandomAccessFile file) {
        try {
            file.close();
        } catch (IOException fault) {
            // what was synced is on disk
        }
    }
}
