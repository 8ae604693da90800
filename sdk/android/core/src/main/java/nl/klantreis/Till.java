package nl.klantreis;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import nl.klantreis.part.Order;
import nl.klantreis.part.Part;
import nl.klantreis.part.Products;
import nl.klantreis.part.Store;

/**
 * The SDK of a program that tells of many persons: a till, a kiosk, a service desk, a back end. Each touchpoint says by
 * {@link nl.klantreis.part.Person} who it was, if known; there are no visits. Any thread may call it. What is told is on
 * disk when the call returns, and nothing waits for the network. It takes a secret key.
 */
public final class Till extends Vocabulary {
    /** For a disk that hangs: then selling must go on. */
    private static final long DISK_MS = 30_000;

    private final Core core;
    private final Map<String, Object> around = new LinkedHashMap<>();

    private Till(Platform platform, Settings settings, Store shop, Turns turns) {
        core = new Core(platform, settings, turns);
        around.put("channel", platform.channel());
        if (shop != null) {
            shop.addTo(around);
        }
    }

    /**
     * Begins. {@code shop} says where this is; it stands in every touchpoint, null: nowhere. Throws SettingsException where
     * another program uses the folder, or it cannot be used.
     */
    public static Till start(Platform platform, Settings settings, Store shop) {
        Till till = start(platform, settings, shop, new Threads(platform));
        AtomicReference<String> trouble = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);
        till.core.turns.run(() -> {
            trouble.set(till.core.folderTrouble());
            done.countDown();
        });
        if (Klantreis.awaited(done, DISK_MS) && trouble.get() != null) {
            till.close();
            throw new SettingsException(trouble.get());
        }
        return till;
    }

    static Till start(Platform platform, Settings settings, Store shop, Turns turns) {
        Till till = new Till(platform, settings, shop, turns);
        turns.run(() -> {
            till.core.mayRest(true);
            till.core.load();
            till.core.delivery.wake(0);
        });
        return till;
    }

    /**
     * Tells of a touchpoint, and gives its id when it is on disk. Throws IllegalArgumentException for what can be none,
     * NotStoredException where it could not be put on disk.
     */
    @Override
    public String track(String type, Part... parts) {
        Told told = tell(type, parts);
        CountDownLatch done = new CountDownLatch(1);
        AtomicReference<Boolean> safe = new AtomicReference<>(false);
        core.whenStored(isSafe -> {
            safe.set(isSafe);
            done.countDown();
        });
        if (!Klantreis.awaited(done, DISK_MS) || !safe.get()) {
            throw new NotStoredException(told.type + ": is not on disk, which is full or fails; look at it");
        }
        return told.id;
    }

    /** A receipt was printed. The channel is the store's. */
    public String sale(String receipt, BigDecimal total, String currency, Products lines, Part... more) {
        Part[] all = new Part[more.length + 2];
        all[0] = new Order().id(receipt).total(total).currency(currency);
        all[1] = lines;
        System.arraycopy(more, 0, all, 2, more.length);
        return track("sale", all);
    }

    /** A loyalty card was scanned without a sale. */
    public String loyaltyScan(nl.klantreis.part.Person person, Part... more) {
        Part[] all = new Part[more.length + 1];
        all[0] = person;
        System.arraycopy(more, 0, all, 1, more.length);
        return track("loyalty_scan", all);
    }

    /** Has each touchpoint changed or dropped from now on. */
    public void use(Change change) {
        core.turns.run(() -> core.use(change));
    }

    /** What waits, and why nothing is sent, if so. */
    public Status status() {
        return new Status(core.queue.count(), core.queue.dropped(), core.delivery.trouble());
    }

    /** Sends at once what waits; says within so long whether all is sent. Gives up early when the key is refused. */
    public boolean flush(long withinMs) {
        return Flush.within(core, withinMs);
    }

    /** Ends in order; what waits is for the next start. A program that is killed needs no closing. */
    public void close() {
        core.end();
    }

    Core core() {
        return core;
    }

    /** Hands it over without waiting for the disk. */
    Told tell(String type, Part... parts) {
        Told told = new Told(type, parts, core.platform.now());
        core.turns.run(() -> record(told));
        return told;
    }

    private void record(Told told) {
        Map<String, Object> touchpoint = told.over(around);
        touchpoint.remove("age_ms");
        touchpoint.put("id", told.id);
        touchpoint.put("type", told.type);
        touchpoint.put("sequence", core.visits.next());
        boolean dated = told.fields.get("occurred_at") instanceof Long;
        if (!dated) {
            touchpoint.put("occurred_at", told.then.wallMs);
        }
        // Of what happened elsewhere this machine's clocks do not know the age.
        core.queue(touchpoint, dated ? new Now(told.then.wallMs, 0, "") : told.then, true);
    }
}
