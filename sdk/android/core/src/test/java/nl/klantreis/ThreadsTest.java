package nl.klantreis;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import nl.klantreis.jvm.JvmPlatform;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The threads of the SDK, and how they end. */
public class ThreadsTest {
    @Rule
    public final TemporaryFolder temporary = new TemporaryFolder();

    private final CountDownLatch stuck = new CountDownLatch(1);

    /** As on Java 8 and on Android: shut down, it throws away what it has not begun, delayed or not. */
    private static final class AsOnJava8 extends ScheduledThreadPoolExecutor {
        AsOnJava8() {
            super(1);
        }

        @Override
        public void shutdown() {
            getQueue().clear();
            super.shutdown();
        }
    }

    private static void wait(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException enough) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    public void whatWasHandedOverIsDoneBeforeItEndsAndWhatIsPlannedIsNot() throws InterruptedException {
        ScheduledThreadPoolExecutor line = new AsOnJava8();
        Threads threads = new Threads(new JvmPlatform(temporary.getRoot(), "mobile"), line);
        AtomicInteger done = new AtomicInteger();
        threads.run(() -> wait(stuck));
        threads.after(3_600_000, done::incrementAndGet);
        for (int times = 0; times < 5; times++) {
            threads.run(done::incrementAndGet);
        }
        Thread later = new Thread(() -> {
            try {
                Thread.sleep(200); // it ends meanwhile
            } catch (InterruptedException enough) {
                Thread.currentThread().interrupt();
            }
            stuck.countDown();
        });
        later.start();
        threads.end();
        assertTrue(line.awaitTermination(60, TimeUnit.SECONDS)); // its own patience is short
        assertEquals(5, done.get());
    }

    @Test
    public void whatWasToldBeforeTheEndIsThereAtTheNextStart() throws IOException, InterruptedException {
        File folder = temporary.newFolder();
        JvmPlatform platform = new JvmPlatform(folder, "mobile");
        Settings settings = new Settings("http://127.0.0.1:9", "k");
        AsOnJava8 line = new AsOnJava8();
        Klantreis first = Klantreis.start(platform, settings, new Threads(platform, line));
        for (int times = 0; times < 100; times++) {
            first.track("order");
        }
        first.close();
        assertTrue(line.awaitTermination(60, TimeUnit.SECONDS)); // a slow disk takes longer than its own patience
        Klantreis second = Klantreis.start(platform, settings);
        second.stored(60_000);
        assertEquals(100, second.status().waiting);
        second.close();
    }

    @Test
    public void aFlushWhoseTurnDoesNotComeHasNotSentAll() {
        JvmPlatform platform = new JvmPlatform(temporary.getRoot(), "mobile");
        Threads threads = new Threads(platform);
        Klantreis klantreis = Klantreis.start(platform, new Settings("http://127.0.0.1:9", "k"), threads);
        threads.run(() -> wait(stuck)); // a disk that hangs
        klantreis.track("order");
        assertFalse(klantreis.flush(50));
        stuck.countDown();
        klantreis.close();
    }

    @Test
    public void whoeverWaitsForEverWaitsUntilAllIsSent() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4);
        server.createContext("/v1/touchpoints", exchange -> {
            byte[] answer = "{\"accepted\":1,\"rejected\":[]}".getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(202, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        Settings settings = new Settings("http://127.0.0.1:" + server.getAddress().getPort(), "k");
        Klantreis klantreis = Klantreis.start(new JvmPlatform(temporary.getRoot(), "mobile"), settings);
        klantreis.track("order");
        assertTrue(klantreis.flush(Long.MAX_VALUE));
        klantreis.close();
        server.stop(0);
    }
}
