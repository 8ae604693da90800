package nl.klantreis;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The journal in the folder of this program. Whatever a disk does throws nothing here: while it cannot be used, what waits
 * stays in memory, and the journal is written anew when it can. One that could not be read is never written over.
 */
final class OnDisk {
    /** Between attempts to use a disk that failed: a full one is full for a while. */
    private static final long AGAIN_MS = 10_000;
    private static final String JOURNAL = "queue";
    private static final String PART = "queue.new";

    private final Platform platform;
    private final Folder folder;
    private Journal journal;
    private boolean loaded;
    /** Whether what is added to the journal can be relied on. */
    private boolean sound;
    /** Whether a journal of somebody who said no is still there, since it could not be removed. */
    private boolean leftOver;
    private boolean unsynced;
    private boolean ended;
    private long notBeforeMs = Long.MIN_VALUE;
    private String told = "";

    /** What is in the journal and in memory too, since it is not synced yet. */
    private final List<Waiting> fresh = new ArrayList<>();

    OnDisk(Platform platform) {
        this.platform = platform;
        folder = new Folder(platform);
    }

    private File path() {
        return new File(folder.place(), JOURNAL);
    }

    boolean isLoaded() {
        return loaded;
    }

    /** Why the folder cannot be used, where a program asks at its start; it is made and kept for this program. */
    String folderTrouble() {
        try {
            folder.take();
            return loaded ? null : told;
        } catch (IOException fault) {
            return fault.getMessage();
        }
    }

    /** Takes up what earlier programs left, if anything; null where that is not possible now. */
    JournalReader.Found load() {
        JournalReader.Found found = new JournalReader.Found();
        try {
            if (path().exists()) {
                folder.take();
                journal = Journal.open(path(), found);
                sound = !found.damaged;
            }
        } catch (IOException fault) {
            failed(fault);
            return null;
        }
        loaded = true;
        if (found.damaged) {
            platform.warn("klantreis: " + path() + " was damaged: " + found.waiting.size() + " touchpoints saved, "
                    + found.lost + " lost; look at the disk", null);
        }
        return found;
    }

    /** Whether it is time to try again what failed. */
    boolean mayTry() {
        return platform.now().uptimeMs >= notBeforeMs;
    }

    /** Puts one on disk, with what is remembered after it. It is safe after the next sync. */
    void add(Waiting one, Remembered remembered) {
        if (sound) {
            try {
                journal.add(one, remembered.json());
                fresh.add(one);
                unsynced = true;
            } catch (IOException fault) {
                failed(fault);
            }
        }
    }

    void remember(Remembered remembered) {
        if (sound) {
            try {
                journal.remember(remembered.json());
                unsynced = true;
            } catch (IOException fault) {
                failed(fault);
            }
        }
    }

    void remove(List<Waiting> gone) {
        List<Waiting> there = new ArrayList<>();
        for (Waiting one : gone) {
            if (one.offset >= 0) {
                there.add(one);
                one.offset = -1;
            }
        }
        if (sound && !there.isEmpty()) {
            try {
                journal.remove(there);
            } catch (IOException fault) {
                failed(fault);
            }
        }
    }

    /** The JSON of one; null where it is damaged. Throws IOException where the disk does not give it now. */
    byte[] body(Waiting one) throws IOException {
        return one.body != null || one.offset < 0 ? one.body : journal.body(one);
    }

    /** Makes all of {@code waiting} last; says whether it does. */
    boolean sync(List<Waiting> waiting, Remembered remembered) {
        if (sound && unsynced) {
            try {
                journal.sync();
                unsynced = false;
                for (Waiting one : fresh) {
                    one.body = null;
                }
                fresh.clear();
            } catch (IOException fault) {
                failed(fault); // what it left on disk nobody knows: it is not synced again, but written anew
            }
        }
        if (loaded && !ended && (!sound || journal.isMostlyGone() || !isThere(waiting)) && mayTry()) {
            writeAnew(waiting, remembered);
        }
        return sound && !unsynced && isThere(waiting);
    }

    /** Whether each that is to rest does: what was told before the journal could be read is in memory alone. */
    private static boolean isThere(List<Waiting> waiting) {
        for (Waiting one : waiting) {
            if (one.rests && one.offset < 0 && one.body != null) {
                return false;
            }
        }
        return true;
    }

    /** Removes everything, the folder too. */
    void wipe() {
        letGo();
        folder.remove();
        leftOver = path().exists();
        loaded = true;
    }

    /** Lets go of it. Nothing is written: a program that is killed leaves the same. */
    void close() {
        ended = true;
        letGo();
    }

    private void letGo() {
        if (journal != null) {
            journal.close();
            journal = null;
        }
        folder.give();
        sound = false;
        unsynced = false;
        fresh.clear();
        notBeforeMs = Long.MIN_VALUE;
    }

    private void writeAnew(List<Waiting> waiting, Remembered remembered) {
        File part = new File(folder.place(), PART);
        Journal made = null;
        List<Waiting> copies = new ArrayList<>();
        try {
            folder.take();
            if (journal == null && !leftOver && path().exists()) {
                loaded = false; // another program wrote it since, and has ended: it is taken up first
                return;
            }
            made = Journal.create(part, remembered.json());
            for (Waiting one : waiting) {
                copies.add(copied(one, made));
            }
            made.sync();
            made.close();
            if (journal != null) {
                journal.close();
            }
            platform.replace(part, path());
        } catch (IOException fault) {
            if (made != null) {
                made.close();
            }
            postponed(fault);
            return;
        }
        made.movedTo(path());
        for (int place = 0; place < copies.size(); place++) {
            if (copies.get(place) != null) {
                waiting.get(place).moveTo(copies.get(place));
            } else if (waiting.get(place).rests) {
                waiting.get(place).offset = -1;
            }
        }
        journal = made;
        leftOver = false;
        unsynced = false;
        fresh.clear();
        try {
            platform.syncFolder(folder.place());
            sound = true;
            told = "";
        } catch (IOException fault) {
            sound = false; // it is there, and after a power cut may not be
            postponed(fault);
        }
    }

    /** In the new journal; null for what may not rest there, and for what cannot be read: it is found missing when sent. */
    private Waiting copied(Waiting one, Journal to) throws IOException {
        byte[] body = null;
        try {
            body = one.rests ? body(one) : null;
        } catch (IOException fault) {
            tell(fault);
        }
        if (body == null) {
            return null;
        }
        Waiting copy = new Waiting(one.low, true, one.then, body);
        to.add(copy, null);
        return copy;
    }

    private void postponed(IOException fault) {
        notBeforeMs = platform.now().uptimeMs + AGAIN_MS;
        tell(fault);
    }

    private void failed(IOException fault) {
        sound = false;
        notBeforeMs = loaded ? Long.MIN_VALUE : platform.now().uptimeMs + AGAIN_MS;
        tell(fault);
    }

    private void tell(IOException fault) {
        if (!fault.toString().equals(told)) {
            told = fault.toString();
            platform.warn("klantreis: touchpoints wait in memory, since the disk cannot be used: " + fault.getMessage(), fault);
        }
    }
}
