package nl.klantreis;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A journal that was cut short, or whose bytes are not what was written. */
public class DamagedJournalTest {
    private static final int RECORDS = 12;

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private static Waiting waiting(int number, int letters) {
        byte[] body = new byte[letters];
        Arrays.fill(body, (byte) ('a' + number % 26));
        return new Waiting(number % 3 == 0, true, new Now(1000 + number, number, "böot"), body);
    }

    private File written(List<Long> ends) throws IOException {
        File file = new File(temporary.getRoot(), "written");
        Journal journal = Journal.create(file, "{\"n\":0}");
        ends.add(file.length());
        for (int number = 0; number < RECORDS; number++) {
            journal.add(waiting(number, 20 + 7 * number), "{\"n\":" + (number + 1) + "}");
            ends.add(file.length());
        }
        journal.close();
        return file;
    }

    private JournalReader.Found opened(byte[] bytes) throws IOException {
        File file = temporary.newFile();
        Files.write(file.toPath(), bytes);
        JournalReader.Found found = new JournalReader.Found();
        Journal journal = Journal.open(file, found);
        for (Waiting one : found.waiting.values()) {
            Waiting wanted = waiting(one.number, 20 + 7 * one.number);
            assertArrayEquals(wanted.body, journal.body(one));
            assertEquals(wanted.low, one.low);
            assertEquals(wanted.then.wallMs, one.then.wallMs);
            assertEquals(wanted.then.boot, one.then.boot);
        }
        journal.close();
        assertTrue(file.delete());
        return found;
    }

    @Test
    public void aTornTailCostsOnlyWhatWasNeverConfirmed() throws IOException {
        List<Long> ends = new ArrayList<>();
        byte[] whole = Files.readAllBytes(written(ends).toPath());
        for (int length = 0; length <= whole.length; length++) {
            JournalReader.Found found = opened(Arrays.copyOf(whole, length));
            int confirmed = 0;
            while (confirmed < RECORDS && ends.get(confirmed + 1) <= length) {
                confirmed++;
            }
            assertEquals("cut at " + length, confirmed, found.waiting.size());
            assertEquals(0, found.lost);
            assertFalse(found.damaged);
        }
    }

    @Test
    public void aFlippedByteCostsOneTouchpointAtMostAndItIsCounted() throws IOException {
        byte[] whole = Files.readAllBytes(written(new ArrayList<>()).toPath());
        Random chance = new Random(20_261_130);
        for (int place = 0; place < whole.length; place++) {
            byte[] flipped = whole.clone();
            flipped[place] ^= (byte) (1 + chance.nextInt(255));
            JournalReader.Found found = opened(flipped);
            assertTrue("at " + place, found.waiting.size() >= RECORDS - 1);
            boolean cutsLast = found.waiting.size() == RECORDS - 1 && !found.damaged; // a length that leads beyond the end
            assertTrue("at " + place, cutsLast || found.waiting.size() + found.lost == RECORDS);
        }
    }

    @Test
    public void whatTheNextProgramAddsAfterDamageIsFoundByTheOneAfter() throws IOException {
        List<Long> ends = new ArrayList<>();
        File file = written(ends);
        byte[] bytes = Files.readAllBytes(file.toPath());
        bytes[(int) (long) ends.get(4) + 40] ^= 1;
        Files.write(file.toPath(), Arrays.copyOf(bytes, bytes.length - 3));
        JournalReader.Found found = new JournalReader.Found();
        Journal journal = Journal.open(file, found);
        assertTrue(found.damaged);
        journal.add(waiting(RECORDS, 33), "{}");
        journal.close();
        JournalReader.Found next = new JournalReader.Found();
        Journal.open(file, next).close();
        assertEquals(found.waiting.size() + 1, next.waiting.size());
    }

    @Test
    public void whatWasGoneBeforeTheDamageIsNoLoss() throws IOException {
        File file = new File(temporary.getRoot(), "gone");
        Journal journal = Journal.create(file, "{}");
        List<Waiting> all = new ArrayList<>();
        for (int number = 0; number < 3; number++) {
            all.add(waiting(number, 50));
            journal.add(all.get(number), null);
        }
        journal.remove(all.subList(0, 2));
        journal.close();
        byte[] bytes = Files.readAllBytes(file.toPath());
        bytes[(int) all.get(1).offset + 30] ^= 1;
        Files.write(file.toPath(), bytes);
        JournalReader.Found found = new JournalReader.Found();
        Journal.open(file, found).close();
        assertTrue(found.damaged);
        assertEquals(0, found.lost);
        assertEquals(1, found.waiting.size());
    }

    @Test
    public void nonsenseIsNoJournalAndHarmsNothing() throws IOException {
        Random chance = new Random(7);
        for (int times = 0; times < 200; times++) {
            byte[] bytes = new byte[chance.nextInt(4000)];
            chance.nextBytes(bytes);
            assertEquals(0, opened(bytes).waiting.size());
        }
        assertEquals(0, opened("KRT\001KRT\001".getBytes(StandardCharsets.US_ASCII)).waiting.size());
    }
}
