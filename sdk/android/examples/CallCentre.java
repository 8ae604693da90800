import java.io.File;
import nl.klantreis.Settings;
import nl.klantreis.Till;
import nl.klantreis.jvm.JvmPlatform;
import nl.klantreis.part.Contact;
import nl.klantreis.part.Person;

/**
 * A call to customer service, told by the program that the call centre's employees work with: address, secret key, folder,
 * what the call was about, seconds waited, the customer, and the loyalty card that the customer names.
 * docs/android.md shows how to run it.
 */
public final class CallCentre {
    private static final long WITHIN_MS = 10_000;

    public static void main(String[] arguments) {
        Till calls = Till.start(new JvmPlatform(new File(arguments[2]), "phone"), new Settings(arguments[0], arguments[1]), null);
        calls.supportContact(
                new Contact().topic(arguments[3]).waitedS(Integer.parseInt(arguments[4])).resolved(true),
                new Person().customerId(arguments[5]).loyaltyCard(arguments[6]));
        System.out.println("sent all: " + calls.flush(WITHIN_MS) + ": " + calls.status());
        calls.close();
    }
}
