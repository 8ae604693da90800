package nl.klantreis;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads a {@link Journal} from its beginning, whatever became of it. After damage the next whole record is searched, and
 * its number tells how many touchpoints were lost.
 */
final class JournalReader {
    /** What was found. */
    static final class Found {
        /** By number, in the order in which they happened. */
        final Map<Integer, Waiting> waiting = new LinkedHashMap<>();
        /** What is remembered, as JSON; null where nothing is. */
        String state;
        /** Touchpoints that waited and cannot be read. */
        int lost;
        /** Whether something in the middle could not be read. */
        boolean damaged;
        /** After the last whole record. */
        long end;
        /** Number of the next touchpoint. */
        int next;
    }

    private static final int WINDOW = 64 * 1024;

    private final RandomAccessFile file;
    private final Found found;
    private final long length;

    JournalReader(RandomAccessFile file, Found found) throws IOException {
        this.file = file;
        this.found = found;
        this.length = file.length();
    }

    void read() throws IOException {
        long at = 0;
        while (at < length) {
            int size = take(at);
            if (size > 0) {
                at += size;
                found.end = at;
                continue;
            }
            boolean whole = isWhole(at);
            at = search(at + 1);
            if (at < length || whole) {
                found.damaged = true;
            }
            if (at >= length && whole) {
                found.lost++; // the last one: of what stands wholly there it cannot be known whether it was confirmed
            }
        }
    }

    /** Takes up the record at this place; gives its size, 0 where there is none. */
    private int take(long at) throws IOException {
        ByteBuffer head = head(at);
        if (head == null) {
            return 0;
        }
        byte kind = head.get(2);
        int number = head.getInt(4);
        byte[] payload = new byte[head.getInt(8)];
        file.readFully(payload);
        if (head.getInt(12) != Journal.crc(kind, number, payload)) {
            return 0;
        }
        found.lost += Math.max(0, number - found.next);
        found.next = number;
        if (kind == 'T') {
            found.next++;
            found.waiting.put(number, waiting(at, number, payload));
        } else if (kind == 'S') {
            found.state = new String(payload, StandardCharsets.UTF_8);
        } else {
            for (ByteBuffer gone = ByteBuffer.wrap(payload); gone.remaining() >= 4;) {
                if (found.waiting.remove(gone.getInt()) == null && found.lost > 0) {
                    found.lost--; // it had arrived before its record was damaged
                }
            }
        }
        return Journal.HEAD + payload.length;
    }

    /** The head at this place, where one can be that ends within the file; the file then stands behind it. */
    private ByteBuffer head(long at) throws IOException {
        byte[] bytes = new byte[Journal.HEAD];
        file.seek(at);
        try {
            file.readFully(bytes);
        } catch (EOFException cutShort) {
            return null;
        }
        ByteBuffer head = ByteBuffer.wrap(bytes);
        int size = head.getInt(8);
        boolean ours = head.getShort(0) == Journal.MARK && "TGS".indexOf(head.get(2)) >= 0 && head.get(3) == Journal.VERSION;
        return ours && size >= 0 && size <= Journal.LONGEST && at + Journal.HEAD + size <= length ? head : null;
    }

    private boolean isWhole(long at) throws IOException {
        ByteBuffer head = head(at);
        return head != null && head.get(2) == 'T';
    }

    /** The next place at which a whole record stands; the end where none does. */
    private long search(long from) throws IOException {
        byte[] window = new byte[WINDOW];
        for (long start = from; start < length; start += WINDOW - 1) {
            file.seek(start);
            int count = file.read(window);
            for (int at = 0; at + 1 < count; at++) {
                if (window[at] == 'K' && window[at + 1] == 'R' && isSound(start + at)) {
                    return start + at;
                }
            }
        }
        return length;
    }

    private boolean isSound(long at) throws IOException {
        ByteBuffer head = head(at);
        if (head == null) {
            return false;
        }
        byte[] payload = new byte[head.getInt(8)];
        file.readFully(payload);
        return head.getInt(12) == Journal.crc(head.get(2), head.getInt(4), payload);
    }

    private static Waiting waiting(long offset, int number, byte[] bytes) {
        ByteBuffer payload = ByteBuffer.wrap(bytes);
        int flags = payload.get();
        long wallMs = payload.getLong();
        long uptimeMs = payload.getLong();
        byte[] boot = new byte[payload.getShort()];
        payload.get(boot);
        Now then = new Now(wallMs, uptimeMs, new String(boot, StandardCharsets.UTF_8));
        Waiting one = new Waiting((flags & 1) != 0, true, then, null);
        one.offset = offset;
        one.length = bytes.length;
        one.number = number;
        return one;
    }

    /** The JSON in the payload of a touchpoint. */
    static byte[] body(byte[] payload) {
        int boot = ByteBuffer.wrap(payload).getShort(17);
        return java.util.Arrays.copyOfRange(payload, 19 + boot, payload.length);
    }
}
