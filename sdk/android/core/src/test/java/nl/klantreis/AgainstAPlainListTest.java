package nl.klantreis;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Random days of a program, against what a list in memory says must wait and must have arrived. */
public class AgainstAPlainListTest {
    private static final int DAYS = 60;
    private static final int DEEDS = 80;

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    @Test
    public void whateverHappensEachTouchpointArrivesAndInOrder() throws IOException {
        for (int seed = 0; seed < DAYS; seed++) {
            day(seed);
        }
    }

    private void day(int seed) throws IOException {
        Random chance = new Random(seed);
        World world = new World(new File(temporary.newFolder(), "klantreis"), 1_900_000_000_000L);
        List<String> told = new ArrayList<>();
        List<String> arrived = new ArrayList<>();
        boolean[] away = new boolean[1];
        world.network = body -> {
            if (away[0]) {
                return chance.nextBoolean() ? Reply.none("away")
                        : new Reply(200, Collections.<String, String>emptyMap(), "<title>Hotel</title>");
            }
            for (Object one : (List<?>) body.get("touchpoints")) {
                arrived.add((String) ((Map<?, ?>) one).get("id"));
            }
            return World.accepts(body);
        };
        Settings settings = new Settings("https://collector.example", "k").batch(7, 60_000);
        Klantreis klantreis = Klantreis.start(world, settings, world.turns());
        for (int deed = 0; deed < DEEDS; deed++) {
            switch (chance.nextInt(6)) {
                case 0:
                    away[0] = !away[0];
                    break;
                case 1:
                    world.pass(chance.nextInt(600_000));
                    break;
                case 2:
                    world.pass(0);
                    klantreis.abandon();
                    world.end(chance.nextInt(4) == 0);
                    klantreis = Klantreis.start(world, settings, world.turns());
                    break;
                case 3:
                    world.pass(0);
                    world.diskFails = chance.nextInt(3) == 0;
                    told.add(klantreis.screen(String.join("", Collections.nCopies(1 + chance.nextInt(2000), "x"))));
                    world.pass(0);
                    world.diskFails = false;
                    world.pass(30_000); // what could not be written is, before a kill may come
                    break;
                default:
                    told.add(klantreis.track(chance.nextBoolean() ? "search" : "order"));
            }
        }
        away[0] = false;
        world.pass(3_600_000);
        assertEquals("seed " + seed, 0, klantreis.status().waiting);
        assertEquals("seed " + seed, 0, klantreis.status().dropped);
        assertTrue("seed " + seed, arrived.containsAll(told));
        arrived.retainAll(told);
        assertEquals("seed " + seed + ": in order, and once", told, arrived);
        klantreis.abandon();
    }
}
