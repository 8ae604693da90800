package nl.klantreis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nl.klantreis.part.Types;

/**
 * Everything that an app and a till have in common: what is told is put in the queue, comes to rest on disk and is sent.
 * All of it happens in turn, on one thread; only {@code platform} may be called from others.
 */
final class Core {
    /** Until a disk that failed is tried again. */
    private static final long AGAIN_MS = 10_000;

    final Platform platform;
    final Settings settings;
    final Turns turns;
    final Visits visits;
    final Queue queue;
    final Delivery delivery;
    private final OnDisk disk;
    private final List<Stored> asking = new ArrayList<>();
    private boolean mayRest = true;
    private boolean syncPlanned;
    private boolean againPlanned;
    private Change change;

    /** Hears whether all that was told before is on disk. */
    interface Stored {
        void stored(boolean safe);
    }

    Core(Platform platform, Settings settings, Turns turns) {
        this.platform = platform;
        this.settings = settings;
        this.turns = turns;
        disk = new OnDisk(platform);
        visits = new Visits(disk);
        queue = new Queue(disk, settings.limits(), platform, visits);
        delivery = new Delivery(queue, visits, settings, platform, turns);
    }

    /** Takes up what earlier programs left on the device; says whether it could be read. */
    boolean load() {
        JournalReader.Found found = disk.load();
        if (found != null) {
            visits.takeUp(Remembered.of(found.state));
            queue.takeUp(found.waiting.values(), found.lost);
            if (found.damaged) {
                planSync();
            }
        } else {
            planAgain();
        }
        return found != null;
    }

    String folderTrouble() {
        return disk.folderTrouble();
    }

    /** Whether anything may rest on the device. */
    void mayRest(boolean may) {
        mayRest = may;
        visits.mayRest(may);
    }

    void use(Change next) {
        Change before = change;
        change = before == null ? next : touchpoint -> {
            Map<String, Object> changed = before.change(touchpoint);
            return changed == null ? null : next.change(changed);
        };
    }

    /** Puts a whole touchpoint in the queue; {@code rests} says whether on disk. What cannot be JSON is told and dropped. */
    void queue(Map<String, Object> touchpoint, Now then, boolean rests) {
        try {
            Map<String, Object> told = change == null ? touchpoint : change.change(touchpoint);
            if (told == null) {
                return;
            }
            told = Json.copyOf(told);
            Privacy.clean(told, rests && mayRest && isSomebodys(told));
            byte[] body = Json.write(told).getBytes(StandardCharsets.UTF_8);
            if (body.length > Limits.TOUCHPOINT_BYTES) {
                throw new IllegalArgumentException(told.get("type") + ": has " + body.length + " bytes of JSON, "
                        + Limits.TOUCHPOINT_BYTES + " are taken; shorten properties or texts");
            }
            queue.add(new Waiting(Types.LOW_VALUE.contains(told.get("type")), rests, then, body));
        } catch (RuntimeException fault) {
            platform.warn("klantreis: " + fault.getMessage(), fault);
            return;
        }
        planSync();
        delivery.wake(Limits.GATHER_MS);
    }

    /** Tells when what was told before is on disk, or cannot be. */
    void whenStored(Stored then) {
        turns.run(() -> {
            asking.add(then);
            planSync();
        });
    }

    /** Removes what belongs to somebody, from memory and from the device. */
    void wipe() {
        visits.forget();
        queue.wipe();
    }

    /** Everything that was handed over is written; what waits is for the next program. */
    void end() {
        turns.run(() -> {
            delivery.end();
            sync();
            disk.close();
        });
        turns.end();
    }

    /** The program is gone, without a word. */
    void abandon() {
        delivery.end();
        disk.close();
    }

    /** All that is told before its turn comes shares one sync. */
    private void planSync() {
        if (!syncPlanned) {
            syncPlanned = true;
            turns.run(() -> {
                syncPlanned = false;
                sync();
            });
        }
    }

    private void sync() {
        if (mayRest && !disk.isLoaded() && disk.mayTry()) {
            load();
        }
        boolean safe = mayRest && queue.sync();
        List<Stored> answered = new ArrayList<>(asking);
        asking.clear();
        for (Stored one : answered) {
            one.stored(safe);
        }
        if (mayRest && !safe) {
            planAgain();
        }
    }

    private void planAgain() {
        if (!againPlanned) {
            againPlanned = true;
            turns.after(AGAIN_MS, () -> {
                againPlanned = false;
                planSync();
            });
        }
    }

    private static boolean isSomebodys(Map<String, Object> touchpoint) {
        Object consent = touchpoint.get("consent");
        Object state = consent instanceof Map ? ((Map<?, ?>) consent).get("state") : null;
        return state == null || state.equals("granted");
    }
}
