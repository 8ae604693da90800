package nl.klantreis;

import nl.klantreis.part.Ambassador;
import nl.klantreis.part.Campaign;
import nl.klantreis.part.Channel;
import nl.klantreis.part.Identity;
import nl.klantreis.part.Page;
import nl.klantreis.part.Part;
import nl.klantreis.part.Properties;
import nl.klantreis.part.Store;

/**
 * The life of an app. Whoever knows of it says so here: the Android adapter does it by itself, another program with
 * windows calls it where it has the events.
 */
public final class AppLife {
    /** For a crash to come to rest on disk, before the program ends. */
    private static final long CRASH_MS = 2000;

    private final Klantreis klantreis;
    private volatile String version;
    /** All below belongs to the turns. */
    private boolean isNew;
    private boolean told;
    private long frontSinceMs = -1;

    AppLife(Klantreis klantreis) {
        this.klantreis = klantreis;
    }

    /**
     * The program started, in this version. The first time it tells {@code app_installed}, after another version {@code
     * app_updated}; where {@code newlyInstalled} is false, the app was there before, without this SDK. Which version it was
     * is remembered on the device, so all of this waits for consent.
     */
    public void started(String appVersion, boolean newlyInstalled) {
        version = appVersion;
        turn(() -> {
            isNew = newlyInstalled;
            if (klantreis.isAllowed()) {
                granted();
            }
        });
    }

    /**
     * It comes to the front, or a link is followed in it: by this link, or by none (null). The link's campaign ({@code
     * utm_…}, click ids) brings the person; ambassadors' links and QR codes speak as on the web ({@code kr_amb}, {@code
     * kr_src}), and a link of your own site tells who the person is there ({@code kr_id}).
     */
    public void opened(String link) {
        long now = klantreis.core().platform.now().uptimeMs;
        turn(() -> frontSinceMs = frontSinceMs < 0 ? now : frontSinceMs);
        if (link == null) {
            klantreis.track("app_opened");
            return;
        }
        Link by = new Link(link, klantreis.core().platform.now().wallMs);
        klantreis.arrive(by.campaign);
        String code = by.ambassador;
        klantreis.track("app_opened", new Page().url(by.address), code == null ? null : new Ambassador().code(code));
        if (by.place != null) {
            Campaign qr = new Campaign().source(by.place).medium("qr");
            if (by.isStore) {
                klantreis.track("store_visit", Channel.STORE, new Store().id(by.place), qr);
            } else {
                klantreis.track("ad_clicked", Channel.PRINT, qr);
            }
        }
        if (by.visitor != null) {
            klantreis.tellLinked(new Identity().linkedVisitorId(by.visitor));
        }
    }

    /** What a store hands over of where the installation came from: {@code utm_source=…&utm_medium=…}. */
    public void referred(String referrer) {
        Campaign by = new Link(referrer, 0).campaign;
        if (by != null) {
            klantreis.arrive(by);
        }
    }

    /** It goes to the background: what waits is sent at once, since it may be ended there. */
    public void backgrounded() {
        Now now = klantreis.core().platform.now();
        turn(() -> {
            Part length = frontSinceMs < 0 ? null : new Properties().put("foreground_ms", now.uptimeMs - frontSinceMs);
            frontSinceMs = -1;
            klantreis.recordInTurn("app_backgrounded", now, length);
            klantreis.core().delivery.drain();
        });
        klantreis.arrive(null);
    }

    /** The network is back: what failed for want of it is tried at once. */
    public void networkIsBack() {
        turn(klantreis.core().delivery::hurry);
    }

    /**
     * It crashes by this. The touchpoint is on disk when this returns, unless the disk takes more than two seconds; the next
     * start sends it. Of the error only its class is told: its message may hold anything.
     */
    public void crashed(Throwable by) {
        klantreis.track("app_crashed", new Properties().put("error", by.getClass().getName()).put("version", version));
        klantreis.stored(CRASH_MS);
    }

    /** In its turn: what may be remembered only now is looked at. */
    void granted() {
        if (version == null) {
            return;
        }
        String before = klantreis.core().visits.appVersion(version);
        if (told || version.equals(before)) {
            return; // who says no and yes again installs nothing
        }
        told = true;
        Now now = klantreis.core().platform.now();
        if (before == null && isNew) {
            klantreis.recordInTurn("app_installed", now);
        } else {
            klantreis.recordInTurn("app_updated", now, before == null ? null : new Properties().put("previous_version", before));
        }
    }

    private void turn(Runnable work) {
        klantreis.core().turns.run(work);
    }
}
