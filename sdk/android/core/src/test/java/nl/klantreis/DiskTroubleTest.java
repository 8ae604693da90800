package nl.klantreis;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A disk that is full, fails, or is somebody else's. */
public class DiskTroubleTest {
    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final Settings settings = new Settings("https://collector.example", "k");
    private World world;

    @Before
    public void device() {
        world = new World(new File(temporary.getRoot(), "klantreis"), 1_900_000_000_000L);
        world.network = null;
    }

    private Klantreis start() {
        Klantreis klantreis = Klantreis.start(world, settings, world.turns());
        world.pass(0);
        return klantreis;
    }

    /** What the program itself would be told. */
    private Boolean stored(Klantreis klantreis) {
        AtomicReference<Boolean> safe = new AtomicReference<>();
        klantreis.core().whenStored(safe::set);
        world.pass(0);
        return safe.get();
    }

    /** A second program on the same folder. */
    private World another() {
        World another = new World(world.folder, 1_900_000_000_000L);
        another.network = null;
        return another;
    }

    private static boolean isLocked(File file) throws IOException {
        Object inode = Files.getAttribute(file.toPath(), "unix:ino");
        return Files.readAllLines(Paths.get("/proc/locks")).stream()
                .anyMatch(one -> one.contains("POSIX") && one.contains(":" + inode + " "));
    }

    private Klantreis killedAndStarted(Klantreis klantreis) {
        klantreis.abandon();
        world.end(false);
        return start();
    }

    @Test
    public void onAFullDiskTouchpointsWaitInMemoryAndComeToRestWhenThereIsRoom() throws IOException {
        assumeTrue("this system has a device that is always full", new File("/dev/full").exists());
        Files.createDirectory(world.folder.toPath());
        File part = new File(world.folder, "queue.new");
        Files.createSymbolicLink(part.toPath(), Paths.get("/dev/full"));
        Klantreis klantreis = start();
        klantreis.track("order");
        assertEquals(false, stored(klantreis));
        assertEquals(1, klantreis.status().waiting);
        assertTrue(world.warnings.toString(), world.warnings.get(0).contains("wait in memory"));
        Files.delete(part.toPath());
        world.pass(11_000);
        assertEquals(true, stored(klantreis));
        assertEquals(1, killedAndStarted(klantreis).status().waiting);
    }

    @Test
    public void aFileWhereTheFolderShouldBeIsToldOnceAndLosesNothing() throws IOException {
        assertTrue(world.folder.createNewFile());
        Klantreis klantreis = start();
        for (int times = 0; times < 20; times++) {
            klantreis.track("order");
            assertEquals(false, stored(klantreis));
            world.pass(20_000);
        }
        assertEquals(1, world.warnings.stream().filter(one -> one.contains("wait in memory")).count());
        world.network = World::accepts;
        world.pass(300_000);
        assertEquals(0, klantreis.status().waiting);
    }

    @Test
    public void whatAnotherProgramHoldsIsNeverWrittenOver() throws IOException {
        Klantreis first = start();
        first.track("order");
        assertEquals(true, stored(first));
        first.abandon();
        world.end(false);
        long length = new File(world.folder, "queue").length();
        RandomAccessFile lock = new RandomAccessFile(new File(world.folder, "lock"), "rw");
        assertTrue(lock.getChannel().tryLock().isValid());
        Klantreis second = start();
        second.track("search");
        world.pass(60_000);
        assertEquals(false, stored(second));
        assertEquals(length, new File(world.folder, "queue").length());
        lock.close();
        world.pass(11_000);
        assertEquals(true, stored(second));
        assertEquals(2, killedAndStarted(second).status().waiting);
    }

    @Test
    public void aDamagedJournalIsWrittenAnewAndTheLossIsTold() throws IOException {
        Klantreis klantreis = start();
        for (int times = 0; times < 5; times++) {
            klantreis.track("order");
            world.pass(0);
        }
        klantreis.abandon();
        world.end(false);
        File queue = new File(world.folder, "queue");
        byte[] bytes = Files.readAllBytes(queue.toPath());
        bytes[bytes.length / 2] ^= 1;
        Files.write(queue.toPath(), bytes);
        klantreis = start();
        assertEquals(4, klantreis.status().waiting);
        assertEquals(1, klantreis.status().dropped);
        assertTrue(world.warnings.toString(), world.warnings.stream().anyMatch(one -> one.contains("was damaged")));
        world.network = World::accepts;
        world.pass(5000);
        assertEquals(1L, world.requests.get(world.requests.size() - 1).body.get("dropped"));
        world.warnings.clear();
        killedAndStarted(klantreis);
        assertEquals(Collections.emptyList(), world.warnings);
    }

    @Test
    public void aLongTimeOfTellingAndSendingLeavesASmallFile() {
        Klantreis klantreis = start();
        world.network = World::accepts;
        for (int times = 0; times < 3000; times++) {
            klantreis.track("order");
            world.pass(3000);
        }
        assertEquals(0, klantreis.status().waiting);
        assertTrue("" + new File(world.folder, "queue").length(), new File(world.folder, "queue").length() < 70_000);
        assertFalse(new File(world.folder, "queue.new").exists());
    }

    @Test
    public void whatAnotherProgramWroteSinceIsTakenUpAndNotWrittenOver() {
        Klantreis first = start();
        World elsewhere = another();
        Klantreis second = Klantreis.start(elsewhere, settings, elsewhere.turns());
        elsewhere.pass(0);
        first.track("order");
        assertEquals(true, stored(first));
        second.track("search");
        elsewhere.pass(0);
        first.abandon();
        world.end(false);
        elsewhere.pass(20_000);
        assertEquals(2, second.status().waiting);
        second.abandon();
        assertEquals(2, start().status().waiting);
    }

    @Test
    public void whoIsNotAskedYetInASecondProgramCostsTheFirstOneNothing() {
        Klantreis first = start();
        first.track("order");
        assertEquals(true, stored(first));
        World elsewhere = another();
        Settings asking = new Settings("https://collector.example", "k").consent(Consent.REQUIRED);
        Klantreis second = Klantreis.start(elsewhere, asking, elsewhere.turns());
        second.track("search");
        elsewhere.pass(60_000);
        first.track("order");
        assertEquals(true, stored(first));
        second.abandon();
        assertEquals(2, killedAndStarted(first).status().waiting);
    }

    @Test
    public void aSecondProgramOfThisProcessThatIsRefusedDoesNotGiveUpTheFirstOnesLock() throws IOException {
        assumeTrue("this system tells of its locks", new File("/proc/locks").exists());
        Klantreis first = start();
        first.track("order");
        assertEquals(true, stored(first));
        assertTrue(isLocked(new File(world.folder, "lock")));
        World elsewhere = another();
        Klantreis second = Klantreis.start(elsewhere, settings, elsewhere.turns());
        elsewhere.pass(60_000);
        assertTrue(isLocked(new File(world.folder, "lock")));
        second.abandon();
    }

    @Test
    public void aNewJournalWhoseNameMayNotLastIsNotReliedOnAndNeverLost() {
        Klantreis klantreis = start();
        world.network = World::accepts;
        for (int times = 0; times < 200; times++) {
            klantreis.track("order");
            world.pass(0);
        }
        world.pass(5000);
        world.network = null;
        world.namesFail = true;
        klantreis.track("order");
        assertEquals(false, stored(klantreis));
        klantreis.track("order");
        world.namesFail = false;
        world.pass(11_000);
        assertEquals(true, stored(klantreis));
        assertEquals(2, killedAndStarted(klantreis).status().waiting);
    }

    @Test
    public void aFolderThatAKillLeftWithoutRightsIsUsedAgain() throws IOException {
        Files.createDirectory(world.folder.toPath());
        assumeTrue("this system has rights of owners", File.separatorChar == '/');
        Files.setPosixFilePermissions(world.folder.toPath(), PosixFilePermissions.fromString("---------"));
        Klantreis klantreis = start();
        klantreis.track("order");
        assertEquals(true, stored(klantreis));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(world.folder.toPath())));
    }

    @Test
    public void whoeverStartsItDoesNotWaitForTheDisk() {
        Klantreis.start(world, settings, world.turns());
        assertEquals(0, world.folderAsked);
        world.pass(0);
        assertEquals(1, world.folderAsked);
    }

    @Test
    public void whatADiskDoesNotGiveNowIsSentWhenItDoes() throws IOException {
        Klantreis klantreis = start();
        klantreis.track("order");
        assertEquals(true, stored(klantreis));
        world.network = World::accepts;
        File queue = new File(world.folder, "queue");
        byte[] bytes = Files.readAllBytes(queue.toPath());
        Files.write(queue.toPath(), new byte[0]);
        world.pass(60_000);
        assertEquals(1, klantreis.status().waiting);
        assertEquals(0, klantreis.status().dropped);
        assertTrue(klantreis.status().trouble, klantreis.status().trouble.contains("disk"));
        Files.write(queue.toPath(), bytes);
        world.pass(300_000);
        assertEquals(0, klantreis.status().waiting);
        assertEquals(1, world.requests.size());
    }
}
