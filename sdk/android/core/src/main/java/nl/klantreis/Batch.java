package nl.klantreis;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One request: which of the waiting go in it, and what it says. */
final class Batch {
    private static final int ROOM_FOR_AGE = ",\"age_ms\":999999999999999,".length();

    final List<Waiting> sent = new ArrayList<>();
    /** Of those that were to be sent, what is damaged. */
    final List<Waiting> unreadable = new ArrayList<>();
    /** Why the disk did not give some of them, which are passed over; null where it gave all. */
    IOException diskFault;
    byte[] body;

    private Batch() {
    }

    /**
     * As many of the oldest as fit, at least one. What is somebody's and what is nobody's never goes in one request. How
     * many were dropped is told where {@code dropped} is above 0.
     */
    static Batch of(Queue queue, List<Waiting> waiting, int touchpoints, int bytes, String key, long dropped, Now now) {
        Map<String, Object> head = new LinkedHashMap<>();
        head.put("key", key);
        head.put("sent_at", now.wallMs);
        Map<String, Object> sdk = new LinkedHashMap<>();
        sdk.put("name", Version.NAME);
        sdk.put("version", Version.VERSION);
        head.put("sdk", sdk);
        if (dropped > 0) {
            head.put("dropped", dropped);
        }
        String opened = Json.write(head);
        Batch batch = new Batch();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        put(text, opened.substring(0, opened.length() - 1) + ",\"touchpoints\":[");
        for (Waiting one : waiting) {
            if (batch.sent.size() == touchpoints) {
                break;
            }
            if (!batch.sent.isEmpty() && one.rests != batch.sent.get(0).rests) {
                continue;
            }
            byte[] body;
            try {
                body = queue.body(one);
            } catch (IOException fault) {
                batch.diskFault = fault;
                continue;
            }
            if (body == null) {
                batch.unreadable.add(one);
            } else if (!batch.sent.isEmpty() && text.size() + body.length + ROOM_FOR_AGE + 2 > bytes) {
                break;
            } else {
                if (!batch.sent.isEmpty()) {
                    text.write(',');
                }
                text.write(body, 0, body.length - 1);
                long age = one.ageMs(now);
                put(text, age > 0 ? ",\"age_ms\":" + age + "}" : "}");
                batch.sent.add(one);
            }
        }
        put(text, "]}");
        batch.body = text.toByteArray();
        return batch;
    }

    private static void put(ByteArrayOutputStream text, String more) {
        byte[] bytes = more.getBytes(StandardCharsets.UTF_8);
        text.write(bytes, 0, bytes.length);
    }
}
