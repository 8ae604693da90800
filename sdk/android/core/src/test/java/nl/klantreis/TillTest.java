package nl.klantreis;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import nl.klantreis.jvm.JvmPlatform;
import nl.klantreis.part.Channel;
import nl.klantreis.part.Contact;
import nl.klantreis.part.OccurredAt;
import nl.klantreis.part.Order;
import nl.klantreis.part.Person;
import nl.klantreis.part.Product;
import nl.klantreis.part.Products;
import nl.klantreis.part.Properties;
import nl.klantreis.part.Store;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** A till on a JVM: its words on a simulated device, its threads, files and sockets on this one. */
public class TillTest {
    private static final Store SHOP = new Store().id("utrecht").till("3");

    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private World world;
    private Till simulated;
    private File folder;

    @Before
    public void device() {
        folder = new File(temporary.getRoot(), "till");
        world = new World(new File(temporary.getRoot(), "simulated"), 1_900_000_000_000L);
        world.channel = "store";
        simulated = Till.start(world, new Settings("https://collector.example", "sk").keepDays(3650), SHOP, world.turns());
    }

    private Map<String, Object> sent(int place) {
        world.pass(60_000);
        return world.requests.get(world.requests.size() - 1).touchpoints().get(place);
    }

    private Till till(String url) {
        return Till.start(new JvmPlatform(folder, "store"), new Settings(url, "sk"), SHOP);
    }

    /** Where nobody listens. */
    private static String nowhere() throws IOException {
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "http://127.0.0.1:" + closed.getLocalPort();
        }
    }

    @Test
    public void aSaleSaysWhereItWasAndWhoByHashesAlone() {
        Person person = new Person().loyaltyCard("2912").email(" Anna@Example.nl ").phone("+31 6-1234 5678");
        simulated.tell("sale", new Order().id("R-1").total(new BigDecimal("19.95")), new Products(new Product().id("a")), person);
        Map<String, Object> sale = sent(0);
        assertEquals("{\"id\":\"utrecht\",\"till\":\"3\"}", Json.write(sale.get("store")));
        assertEquals("store", sale.get("channel"));
        assertEquals(1L, sale.get("sequence"));
        String identity = Json.write(sale.get("identity"));
        assertTrue(identity, identity.contains("\"loyalty_card\":\"2912\"") && !identity.contains("nna"));
        assertEquals(nl.klantreis.part.Hashes.email("anna@example.nl"), ((Map<?, ?>) sale.get("identity")).get("email_hash"));
        assertEquals(nl.klantreis.part.Hashes.phone("+31612345678"), ((Map<?, ?>) sale.get("identity")).get("phone_hash"));
        assertFalse(person.toString(), person.toString().contains("2912"));
    }

    @Test
    public void whoDidNotConsentIsNotToldApart() {
        simulated.tell("support_contact", Channel.PHONE, new Contact().topic("delivery"),
                new Person().customerId("c-7").loyaltyCard("2912").consent("denied"));
        Map<String, Object> contact = sent(0);
        for (String name : new String[] {"customer_id", "identity", "sequence", "visitor_id"}) {
            assertNull(name, contact.get(name));
        }
        assertEquals("phone", contact.get("channel"));
        assertEquals("{\"topic\":\"delivery\"}", Json.write(contact.get("contact")));
    }

    @Test
    public void whatHappenedEarlierKeepsItsTimeAndHasNoAge() {
        world.network = null;
        simulated.tell("order", new OccurredAt(1_700_000_000_000L));
        world.pass(30_000);
        world.network = World::accepts;
        world.pass(300_000);
        assertEquals(1_700_000_000_000L, sent(0).get("occurred_at"));
        assertNull(sent(0).get("age_ms"));
    }

    @Test
    public void whatCanBeNoTouchpointIsToldToTheCaller() throws IOException {
        Till till = till(nowhere());
        assertThrows(IllegalArgumentException.class, () -> till.track("Sale"));
        assertThrows(IllegalArgumentException.class, () -> till.track("sale", new Properties().put("x", new Object())));
        till.close();
    }

    @Test
    public void tillsOfManyThreadsAreOnDiskWhenTheyHaveTold() throws Exception {
        Set<String> told = ConcurrentHashMap.newKeySet();
        Till till = till(nowhere());
        Thread[] threads = new Thread[8];
        for (int thread = 0; thread < threads.length; thread++) {
            threads[thread] = new Thread(() -> {
                for (int sale = 0; sale < 25; sale++) {
                    told.add(till.sale("R", new BigDecimal("1.00"), "EUR", new Products()));
                }
            });
            threads[thread].start();
        }
        for (Thread one : threads) {
            one.join();
        }
        File copy = new File(temporary.getRoot(), "copy"); // as a kill would leave it now
        Files.copy(new File(folder, "queue").toPath(), copy.toPath());
        JournalReader.Found found = new JournalReader.Found();
        Journal journal = Journal.open(copy, found);
        int sequence = 0;
        for (Waiting one : found.waiting.values()) {
            Map<String, Object> touchpoint = Json.readObject(new String(journal.body(one), StandardCharsets.UTF_8));
            assertTrue(told.remove(touchpoint.get("id")));
            assertEquals((long) ++sequence, touchpoint.get("sequence"));
        }
        journal.close();
        till.close();
        assertEquals(200, sequence);
        assertEquals(Collections.emptySet(), told);
    }

    @Test
    public void aFolderIsForOneProgramAlone() throws IOException {
        Till till = till(nowhere());
        SettingsException told = assertThrows(SettingsException.class, () -> till(nowhere()));
        assertTrue(told.getMessage(), told.getMessage().contains("used by another program"));
        till.close();
    }

    @Test
    public void aFolderThatCannotBeMadeIsToldAtTheStart() throws IOException {
        assertTrue(folder.createNewFile());
        assertThrows(SettingsException.class, () -> till(nowhere()));
    }

    @Test
    public void aRedirectIsNotFollowedAndTheKeyGoesNowhereElse() throws IOException {
        AtomicInteger elsewhere = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4);
        server.createContext("/v1/touchpoints", exchange -> {
            exchange.getResponseHeaders().set("Location", "/login");
            exchange.sendResponseHeaders(307, -1);
            exchange.close();
        });
        server.createContext("/login", exchange -> {
            elsewhere.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        Reply reply = HttpPost.send("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/touchpoints", new byte[] {'{', '}'});
        server.stop(0);
        assertEquals(307, reply.status);
        assertEquals(0, elsewhere.get());
        assertTrue(Answers.explained(reply, 1).contains("leads elsewhere"));
    }

    @Test
    public void whoeverAnswersNonsenseIsNobody() throws Exception {
        List<String> nonsense = Arrays.asList("", "nonsense\r\n\r\n", "HTTP/1.1 202 Accepted\r\nContent-Length: 99\r\n\r\n{\"acc");
        for (String answer : nonsense) {
            try (ServerSocket server = new ServerSocket(0, 4, InetAddress.getLoopbackAddress())) {
                Thread serving = new Thread(() -> answering(server, answer));
                serving.setDaemon(true);
                serving.start();
                Reply reply = HttpPost.send("http://127.0.0.1:" + server.getLocalPort() + "/", new byte[10]);
                assertEquals(answer, Answers.Verdict.KEEP, Answers.judge(reply, 1));
                assertFalse(answer, Answers.explained(reply, 1).isEmpty());
            }
        }
        assertEquals(0, HttpPost.send(nowhere() + "/v1/touchpoints", new byte[10]).status);
    }

    /** To each that asks, until the port is closed: Java asks anew by itself where nothing came back. */
    private static void answering(ServerSocket server, String answer) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                client.getInputStream().read(new byte[8192]);
                client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException closed) {
                return;
            }
        }
    }
}
