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
}
