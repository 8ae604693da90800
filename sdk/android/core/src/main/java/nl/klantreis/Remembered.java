package nl.klantreis;

import java.util.LinkedHashMap;
import java.util.Map;

/** What is remembered of the person's visits on this device; as JSON its names are short and fixed, as in every SDK. */
final class Remembered {
    String visitor;
    String session;
    /** What brought the person when the session began. */
    String arrival;
    String customer;
    /** Version of the app when it was last looked at. */
    String appVersion;
    /** Wall clock of the last touchpoint. */
    long lastMs;
    /** Of the last touchpoint. */
    long sequence;
    /** Wall clock before which nobody sends: the collector asked for it. */
    long pausedUntilMs;
    /** Touchpoints that were given up and not yet told of. */
    long dropped;
    /** The person said yes when asked. */
    boolean granted;

    String json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("v", visitor);
        fields.put("s", session);
        fields.put("a", arrival);
        fields.put("c", customer);
        fields.put("p", appVersion);
        fields.put("t", lastMs);
        fields.put("n", sequence);
        fields.put("w", pausedUntilMs);
        fields.put("d", dropped);
        fields.put("g", granted);
        return Json.write(fields);
    }

    /** What is remembered by this JSON; nothing where it is null or something else. */
    static Remembered of(String json) {
        Map<String, Object> fields = json == null ? null : Json.readObject(json);
        Remembered found = new Remembered();
        if (fields == null) {
            return found;
        }
        found.visitor = text(fields.get("v"));
        found.session = text(fields.get("s"));
        found.arrival = text(fields.get("a"));
        found.customer = text(fields.get("c"));
        found.appVersion = text(fields.get("p"));
        found.lastMs = number(fields.get("t"));
        found.sequence = number(fields.get("n"));
        found.pausedUntilMs = number(fields.get("w"));
        found.dropped = number(fields.get("d"));
        found.granted = Boolean.TRUE.equals(fields.get("g"));
        return found;
    }

    private static String text(Object value) {
        return value instanceof String ? (String) value : null;
    }

    private static long number(Object value) {
        return value instanceof Long ? (Long) value : 0;
    }
}
