package nl.klantreis;

import java.util.Map;

/** The identifiers of touchpoints, and whatever else is remembered from one program to the next. */
final class Visits {
    /** Silence after which the next touchpoint begins a new session. */
    private static final long SILENCE_MS = 30 * 60_000;

    private final OnDisk disk;
    private Remembered remembered = new Remembered();
    /** Whether it may rest on the device. */
    private boolean mayRest;

    Visits(OnDisk disk) {
        this.disk = disk;
    }

    Remembered remembered() {
        return remembered;
    }

    /** What was found on the device; what this program remembered until then is added. */
    void takeUp(Remembered found) {
        found.dropped += remembered.dropped;
        found.granted |= remembered.granted;
        remembered = found;
    }

    void mayRest(boolean may) {
        mayRest = may;
    }

    void forget() {
        remembered = new Remembered();
    }

    void customer(String id) {
        remembered.customer = id == null || id.isEmpty() ? null : id;
        keep();
    }

    void granted() {
        remembered.granted = true;
        keep();
    }

    /** Says the app's version, and gives the one that it had before. */
    String appVersion(String version) {
        String before = remembered.appVersion;
        if (!version.equals(before)) {
            remembered.appVersion = version;
            keep();
        }
        return before;
    }

    /** So many were given up; below 0: the collector was told of them. */
    void drop(long count) {
        remembered.dropped = Math.max(0, remembered.dropped + count);
        keep();
    }

    void pauseUntil(long wallMs) {
        if (wallMs != remembered.pausedUntilMs) {
            remembered.pausedUntilMs = wallMs;
            keep();
        }
    }

    /** Who told the next touchpoint: visitor, session and sequence. A new arrival begins a session; midnight does not. */
    void mark(Map<String, Object> touchpoint, String arrival, Now now) {
        Remembered the = remembered;
        if (the.visitor == null) {
            the.visitor = Uuid7.at(now.wallMs);
        }
        // Silence is as long backwards: a clock that was set back would keep a session alive for years.
        boolean silent = Math.abs(now.wallMs - the.lastMs) > SILENCE_MS;
        if (the.session == null || silent || (!arrival.isEmpty() && !arrival.equals(the.arrival))) {
            the.session = Uuid7.at(now.wallMs);
            the.arrival = arrival;
        }
        the.lastMs = now.wallMs;
        touchpoint.put("visitor_id", the.visitor);
        touchpoint.put("session_id", the.session);
        touchpoint.put("customer_id", the.customer);
        touchpoint.put("sequence", next());
    }

    /** The sequence of the next touchpoint. It comes to rest with that touchpoint. */
    long next() {
        return ++remembered.sequence;
    }

    private void keep() {
        if (mayRest) {
            disk.remember(remembered);
        }
    }
}
