package nl.klantreis;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.util.HashSet;
import java.util.Set;

/** The folder of this program, and a lock that keeps it for one program alone. Made when it is taken. */
final class Folder {
    private static final String LOCK = "lock";
    /**
     * Folders that somebody in this process has. The lock cannot tell: to close its file a second time gives up the first
     * one's lock too, on Linux, and Android before 7 gives one process the same lock twice.
     */
    private static final Set<String> OURS = new HashSet<>();

    private final Platform platform;
    private File place;
    private RandomAccessFile lock;
    /** Its name among ours, while it is taken. */
    private String name;

    Folder(Platform platform) {
        this.platform = platform;
    }

    /** Asked for in its turn and not by whoever starts the SDK: a device may have to look at its disk for it. */
    File place() {
        if (place == null) {
            place = platform.folder();
        }
        return place;
    }

    /** Throws IOException where it cannot be made, Held where another program uses it. */
    void take() throws IOException {
        if (lock != null) {
            return;
        }
        if (!place().isDirectory()) {
            make();
        }
        rights(true); // also of one whose making was cut short
        String ours = place().getCanonicalPath();
        synchronized (OURS) {
            if (!OURS.add(ours)) {
                throw new Held(place());
            }
        }
        try {
            lock = locked();
            name = ours;
        } finally {
            if (lock == null) {
                synchronized (OURS) {
                    OURS.remove(ours);
                }
            }
        }
    }

    private RandomAccessFile locked() throws IOException {
        RandomAccessFile file = new RandomAccessFile(new File(place(), LOCK), "rw");
        boolean taken = false;
        try {
            taken = file.getChannel().tryLock() != null;
        } catch (OverlappingFileLockException ours) {
            // another copy of this class in this process has it
        } finally {
            if (!taken) {
                file.close();
            }
        }
        if (!taken) {
            throw new Held(place());
        }
        return file;
    }

    void give() {
        if (lock != null) {
            try {
                lock.close();
            } catch (IOException fault) {
                // the lock ends with the program
            }
            lock = null;
            synchronized (OURS) {
                OURS.remove(name);
            }
        }
    }

    /** Removes the folder with everything in it. */
    void remove() {
        File[] files = place().listFiles();
        for (File one : files == null ? new File[0] : files) {
            if (!one.delete() && one.exists()) {
                platform.warn("klantreis: " + one + " cannot be removed; look at its rights", null);
            }
        }
        if (place().delete()) {
            try {
                platform.syncFolder(place().getAbsoluteFile().getParentFile());
            } catch (IOException fault) {
                platform.warn("klantreis: " + place() + " may come back after a power cut: " + fault, fault);
            }
        }
    }

    /** Readable for its owner alone. */
    private void make() throws IOException {
        if (!place().mkdirs() && !place().isDirectory()) {
            throw new IOException(place() + " cannot be made; name a folder that this program may write");
        }
        rights(false);
        rights(true);
        platform.syncFolder(place().getAbsoluteFile().getParentFile());
    }

    /** Gives its owner all rights, or takes them from everybody. */
    private void rights(boolean owner) {
        place().setReadable(owner, owner);
        place().setWritable(owner, owner);
        place().setExecutable(owner, owner);
    }

    /** Another program uses the folder. */
    static final class Held extends IOException {
        private static final long serialVersionUID = 1;

        Held(File place) {
            super(place + " is used by another program; give each a folder of its own");
        }
    }
}
