package nl.klantreis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What waits, in the order in which it happened, and how many were given up. */
final class Queue {
    private final OnDisk disk;
    private final Limits limits;
    private final Platform platform;
    private final Visits visits;
    private List<Waiting> waiting = new ArrayList<>();
    private boolean toldFull;

    /** For other threads. */
    private volatile int count;
    private volatile int dropped;

    Queue(OnDisk disk, Limits limits, Platform platform, Visits visits) {
        this.disk = disk;
        this.limits = limits;
        this.platform = platform;
        this.visits = visits;
    }

    int count() {
        return count;
    }

    /** Given up since the program started. */
    int dropped() {
        return dropped;
    }

    /** What earlier programs left goes before what this one told. */
    void takeUp(Collection<Waiting> earlier, int lost) {
        List<Waiting> all = new ArrayList<>(earlier);
        all.addAll(waiting);
        waiting = all;
        giveUp(new ArrayList<Waiting>(), lost);
    }

    void add(Waiting one) {
        waiting.add(one);
        if (one.rests) {
            disk.add(one, visits.remembered());
        }
        if (waiting.size() > limits.queueTouchpoints) {
            List<Waiting> spare = new ArrayList<>();
            spare.add(leastMissed());
            giveUp(spare, 1);
            if (!toldFull) {
                toldFull = true;
                platform.warn("klantreis: the queue is full; the oldest is dropped and counted: is the collector away?", null);
            }
        }
        count = waiting.size();
    }

    /** What may be sent; what waited too long is given up first. */
    List<Waiting> look() {
        Now now = platform.now();
        List<Waiting> old = new ArrayList<>();
        for (Waiting one : waiting) {
            if (!one.sending && one.waitedMs(now) > limits.queueMs) {
                old.add(one);
            }
        }
        giveUp(old, old.size());
        return waiting;
    }

    /** The JSON of one; null where it is damaged. Throws IOException where the disk does not give it now. */
    byte[] body(Waiting one) throws IOException {
        return disk.body(one);
    }

    /** These arrived. */
    void arrived(List<Waiting> sent) {
        remove(sent);
    }

    /** These never will; {@code lost} of them are counted, and told to the collector. */
    void giveUp(List<Waiting> gone, int lost) {
        remove(gone);
        if (lost > 0) {
            dropped += lost;
            visits.drop(lost);
        }
    }

    boolean sync() {
        return disk.sync(waiting, visits.remembered());
    }

    /** What belongs to somebody goes, from memory and from the device. */
    void wipe() {
        List<Waiting> nobodys = new ArrayList<>();
        for (Waiting one : waiting) {
            if (!one.rests) {
                nobodys.add(one);
            }
            one.offset = -1; // an answer that still comes must not be looked for in the next journal
        }
        waiting = nobodys;
        count = waiting.size();
        disk.wipe();
    }

    private void remove(List<Waiting> gone) {
        if (!gone.isEmpty()) {
            for (Waiting one : gone) {
                one.gone = true;
            }
            List<Waiting> left = new ArrayList<>(waiting.size());
            for (Waiting one : waiting) {
                if (!one.gone) {
                    left.add(one);
                }
            }
            waiting = left;
            disk.remove(gone);
        }
        count = waiting.size();
    }

    /** The oldest of low value, else the oldest; not what is under way. */
    private Waiting leastMissed() {
        Waiting oldest = null;
        for (Waiting one : waiting) {
            if (!one.sending && one.low) {
                return one;
            }
            if (oldest == null && !one.sending) {
                oldest = one;
            }
        }
        return oldest == null ? waiting.get(0) : oldest;
    }
}
