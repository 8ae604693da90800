package nl.klantreis;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import nl.klantreis.part.Campaign;
import nl.klantreis.part.Identity;
import nl.klantreis.part.Part;
import nl.klantreis.part.Screen;

/**
 * The SDK of an app: one person on one device, their visits, their consent. Any thread may call it, the main thread too:
 * nothing here waits for disk or network but {@link #stored} and {@link #flush}, and no error reaches the program. Make
 * one when the program starts and keep it.
 */
public final class Klantreis extends Vocabulary {
    private final Core core;
    private final AppLife life;

    /** All below belongs to the turns. */
    private Consent consent;
    /** What brought the person, in words, until they come again. */
    private String arrival = "";
    /** The campaign that the next touchpoint tells. */
    private Campaign untold;
    private String screen;
    private String previousScreen;

    private Klantreis(Platform platform, Settings settings, Turns turns) {
        core = new Core(platform, settings, turns);
        life = new AppLife(this);
    }

    /** Begins: takes up what earlier programs left on the device, and sends it. */
    public static Klantreis start(Platform platform, Settings settings) {
        return start(platform, settings, new Threads(platform));
    }

    static Klantreis start(Platform platform, Settings settings, Turns turns) {
        Klantreis klantreis = new Klantreis(platform, settings, turns);
        turns.run(klantreis::begin);
        return klantreis;
    }

    private void begin() {
        core.mayRest(true);
        boolean isRead = core.load();
        boolean remembersYes = core.settings.consent == Consent.REQUIRED && core.visits.remembered().granted;
        decide(remembersYes ? Consent.GRANTED : core.settings.consent);
        // What cannot be read now may be of somebody who said yes, or of a program that runs: only a no removes it.
        if (!isAllowed() && (isRead || consent == Consent.DENIED)) {
            core.wipe();
        }
        core.delivery.wake(0);
    }

    @Override
    public String track(String type, Part... parts) {
        Told told = told(type, parts);
        if (told == null) {
            return null;
        }
        core.turns.run(() -> record(told));
        return told.id;
    }

    /** A screen is looked at; what follows is told to have happened there. Gives the touchpoint's id. */
    public String screen(String name, Part... more) {
        Told told = isMissing("screen", name) ? null : told("screen_view", more);
        if (told == null) {
            return null;
        }
        core.turns.run(() -> {
            if (!name.equals(screen)) {
                previousScreen = screen;
            }
            screen = name;
            record(told);
        });
        return told.id;
    }

    /**
     * Says who the person is, from now on and on later visits; null: not known any more. Without the person's consent it
     * says nothing, now or later: after a grant it is to be said again.
     */
    public void identify(String customerId, Part... parts) {
        Told told = told("identify", parts);
        core.turns.run(() -> {
            if (isAllowed()) {
                core.visits.customer(customerId);
                if (core.visits.remembered().customer != null && told != null) {
                    record(told);
                }
            }
        });
    }

    /** Says what the person allowed. A grant is remembered on the device; anything else removes all that is stored. */
    public void consent(Consent decision) {
        if (isMissing("consent", decision)) {
            return;
        }
        Told told = told("consent");
        core.turns.run(() -> {
            if (decision == consent) {
                return;
            }
            decide(decision);
            if (isAllowed()) {
                core.visits.granted();
                previousScreen = null; // what came before is not named
                arrival = "";
                untold = null;
            } else {
                core.wipe();
            }
            record(told);
            if (isAllowed()) {
                life.granted();
            }
        });
    }

    /** The person asks to be forgotten on this device: as if never here, and asked nothing yet. */
    public void forget() {
        core.turns.run(() -> {
            decide(core.settings.consent);
            core.wipe();
        });
    }

    /** Has each touchpoint changed or dropped from now on. What the person did not allow is taken out after it. */
    public void use(Change change) {
        if (isMissing("use", change)) {
            return;
        }
        core.turns.run(() -> core.use(change));
    }

    /**
     * A campaign brings the person: the next touchpoint tells it, and another one than before begins a session. Null: they
     * came by themselves.
     */
    public void arrive(Campaign by) {
        String words = by == null || by.fields().isEmpty() ? "" : Json.write(by.fields());
        core.turns.run(() -> {
            arrival = words;
            untold = words.isEmpty() ? null : by;
        });
    }

    /** The same person has this visitor id elsewhere; told with their consent alone. */
    void tellLinked(Identity identity) {
        Told told = told("identify", identity);
        core.turns.run(() -> {
            if (isAllowed()) {
                record(told);
            }
        });
    }

    /** What the program's life is told to: opened, by which link, in the background, the network back. */
    public AppLife life() {
        return life;
    }

    /** What waits, and why nothing is sent, if so. */
    public Status status() {
        return new Status(core.queue.count(), core.queue.dropped(), core.delivery.trouble());
    }

    /** Waits until all that was told is on disk, at most so long; says whether it is. Not for the main thread. */
    public boolean stored(long withinMs) {
        CountDownLatch done = new CountDownLatch(1);
        AtomicBoolean safe = new AtomicBoolean();
        core.whenStored(isSafe -> {
            safe.set(isSafe);
            done.countDown();
        });
        return awaited(done, withinMs) && safe.get();
    }

    /** Sends at once what waits; says within so long whether all is sent. Not for the main thread. */
    public boolean flush(long withinMs) {
        return Flush.within(core, withinMs);
    }

    /** Ends in order; what waits is for the next start. A program that is killed needs no closing. */
    public void close() {
        core.end();
    }

    /** As if the program was killed. */
    void abandon() {
        core.abandon();
    }

    Core core() {
        return core;
    }

    /** For what the SDK itself tells in its turn. */
    void recordInTurn(String type, Now then, Part... parts) {
        record(new Told(type, parts, then));
    }

    /** Tells of something unless it can be no touchpoint: then it tells the developer. */
    private Told told(String type, Part... parts) {
        try {
            return new Told(type, parts, core.platform.now());
        } catch (RuntimeException fault) {
            core.platform.warn("klantreis: " + fault.getMessage(), fault);
            return null;
        }
    }

    /** Tells the developer where something is null that may not be. */
    private boolean isMissing(String call, Object value) {
        if (value == null) {
            core.platform.warn("klantreis: " + call + ": null is none; nothing is changed or told", null);
        }
        return value == null;
    }

    private void record(Told told) {
        boolean allowed = isAllowed();
        Map<String, Object> touchpoint = told.over(around(allowed));
        for (String own : new String[] {"visitor_id", "session_id", "customer_id", "sequence", "age_ms"}) {
            touchpoint.remove(own);
        }
        if (allowed) {
            core.visits.mark(touchpoint, arrival, told.then);
        }
        touchpoint.put("id", told.id);
        touchpoint.put("type", told.type);
        touchpoint.put("occurred_at", told.then.wallMs);
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("state", consent.word());
        touchpoint.put("consent", state);
        core.queue(touchpoint, told.then, allowed);
    }

    /** What is seen around a touchpoint. Of the device nothing is told without consent. */
    private Map<String, Object> around(boolean allowed) {
        Map<String, Object> around = new LinkedHashMap<>();
        around.put("channel", core.platform.channel());
        if (screen != null) {
            new Screen().name(screen).previous(previousScreen).addTo(around);
        }
        if (untold != null) {
            untold.addTo(around);
            untold = null;
        }
        if (allowed) {
            try {
                around.put("context", core.platform.context());
            } catch (RuntimeException fault) { // what is known of the device is not worth a touchpoint
                core.platform.warn("klantreis: the device cannot be described: " + fault, fault);
            }
        }
        return around;
    }

    private void decide(Consent decision) {
        consent = decision;
        core.mayRest(isAllowed());
    }

    boolean isAllowed() {
        return consent == Consent.GRANTED;
    }

    static boolean awaited(CountDownLatch done, long withinMs) {
        try {
            return done.await(withinMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException enough) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
