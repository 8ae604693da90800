import java.io.File;
import java.math.BigDecimal;
import nl.klantreis.Klantreis;
import nl.klantreis.Settings;
import nl.klantreis.Till;
import nl.klantreis.jvm.JvmPlatform;
import nl.klantreis.part.Order;
import nl.klantreis.part.Person;
import nl.klantreis.part.Product;
import nl.klantreis.part.Products;
import nl.klantreis.part.Search;
import nl.klantreis.part.Store;

/**
 * A walk through a shop, told by an app and by a till of one program: address, public key, secret key, folder.
 * docs/android.md shows how to run it.
 */
public final class Walk {
    private static final long WITHIN_MS = 10_000;

    public static void main(String[] arguments) {
        String collector = arguments[0];
        File folder = new File(arguments[3]);

        Klantreis app = Klantreis.start(
                new JvmPlatform(new File(folder, "app"), "mobile"), new Settings(collector, arguments[1]));
        app.life().started("1.0", true);
        app.life().opened("https://shop.example/?utm_source=news&utm_medium=email&utm_campaign=spring");
        app.screen("Home");
        app.search(new Search().term("boots").results(12));
        app.screen("Hiker");
        app.productView(new Product().id("hiker-43").price("129.95").currency("EUR"));
        app.identify("customer-7");
        app.order(new Order().id("A-1001").total("129.95").currency("EUR"));
        app.life().backgrounded();
        say("app", app.flush(WITHIN_MS) + ": " + app.status());
        app.close();

        Till till = Till.start(new JvmPlatform(new File(folder, "till"), "store"), new Settings(collector, arguments[2]),
                new Store().id("utrecht").name("Utrecht Centrum").till("3"));
        till.sale("R-1001", new BigDecimal("19.95"), "EUR",
                new Products(new Product().id("wax").price("19.95").quantity(1)),
                new Person().customerId("customer-7").loyaltyCard("2912000341"));
        say("till", till.flush(WITHIN_MS) + ": " + till.status());
        till.close();
    }

    private static void say(String who, String what) {
        System.out.println(who + " sent all: " + what);
    }
}
