package nl.klantreis;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import nl.klantreis.jvm.JvmPlatform;
import nl.klantreis.part.Order;
import nl.klantreis.part.Person;
import nl.klantreis.part.Product;
import nl.klantreis.part.Products;
import nl.klantreis.part.Store;

/**
 * A program that tells without a pause until somebody kills it, as an app or as a till. It writes down each receipt before
 * it is told, and its id when it is on disk. With {@code flush-1000} for a name it sends what waits, for so many milliseconds,
 * and says what is left; with {@code only-8} it tells eight times and ends.
 *
 * <p>Arguments: {@code app} or {@code till}, folder, address, store, name, file to write down in. The key is in
 * KLANTREIS_KEY.
 */
public final class TellingUntilKilled {
    private static final int BURST = 5;
    private static final long PATIENCE_MS = 120_000;

    private TellingUntilKilled() {
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        boolean isApp = arguments[0].equals("app");
        JvmPlatform platform = new JvmPlatform(new File(arguments[1]), isApp ? "mobile" : "store");
        Settings settings = new Settings(arguments[2], System.getenv("KLANTREIS_KEY"));
        Store store = new Store().id(arguments[3]);
        String name = arguments[4];
        Klantreis app = isApp ? Klantreis.start(platform, settings) : null;
        Till till = isApp ? null : Till.start(platform, settings, store);
        if (name.startsWith("flush-")) {
            long withinMs = Long.parseLong(name.substring(6));
            boolean sent = isApp ? app.flush(withinMs) : till.flush(withinMs);
            System.out.println(sent + " " + (isApp ? app.status() : till.status()));
            return;
        }
        try (FileOutputStream ledger = new FileOutputStream(arguments[5], true)) {
            int last = name.startsWith("only-") ? Integer.parseInt(name.substring(5)) : Integer.MAX_VALUE;
            for (int number = 0; number < last; number++) {
                if (isApp) {
                    burst(app, store, name, number, ledger);
                } else {
                    sell(till, name, number, ledger);
                }
                Thread.sleep(5);
            }
        }
    }

    /** Several at once, that share a sync. */
    private static void burst(Klantreis app, Store store, String name, int number, FileOutputStream ledger) throws IOException {
        Map<String, String> told = new LinkedHashMap<>();
        for (int one = 0; one <= number % BURST; one++) {
            String receipt = "R-" + name + "-" + number + "-" + one;
            write(ledger, receipt);
            told.put(receipt, app.track("order", new Order().id(receipt).total("19.95").currency("EUR"), store));
        }
        if (app.stored(PATIENCE_MS)) {
            for (Map.Entry<String, String> one : told.entrySet()) {
                write(ledger, one.getKey() + " " + one.getValue());
            }
        }
    }

    private static void sell(Till till, String name, int number, FileOutputStream ledger) throws IOException {
        String receipt = "R-" + name + "-" + number;
        write(ledger, receipt);
        Products lines = new Products(new Product().id("gloves").price("19.95").quantity(1));
        Person person = new Person().loyaltyCard("card-" + number % 7);
        write(ledger, receipt + " " + till.sale(receipt, new BigDecimal("19.95"), "EUR", lines, person));
    }

    private static void write(FileOutputStream ledger, String line) throws IOException {
        ledger.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    }
}
