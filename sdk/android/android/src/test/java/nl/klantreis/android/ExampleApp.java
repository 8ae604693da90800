package nl.klantreis.android;

import android.app.Activity;
import android.app.Application;
import android.content.Intent;
import android.os.Bundle;
import nl.klantreis.Consent;
import nl.klantreis.Klantreis;
import nl.klantreis.Settings;
import nl.klantreis.part.Product;

/** The app of docs/android.md. */
public class ExampleApp extends Application {
    static Klantreis klantreis;
    /** Of the test that runs it. */
    static String collector;

    @Override
    public void onCreate() {
        super.onCreate();
        klantreis = KlantreisAndroid.start(this, new Settings(collector, "pk_test").consent(Consent.REQUIRED));
    }

    /** A product, with its button. */
    public static class ProductActivity extends Activity {
        @Override
        protected void onCreate(Bundle state) {
            super.onCreate(state);
            klantreis.productView(new Product().id("hiker-43").price("129.95").currency("EUR"));
        }

        @Override
        protected void onNewIntent(Intent intent) {
            super.onNewIntent(intent);
            KlantreisAndroid.followed(klantreis, intent);
        }

        void yes() {
            klantreis.consent(Consent.GRANTED);
        }

        void buy() {
            klantreis.addToCart(new Product().id("hiker-43").price("129.95").currency("EUR").quantity(1));
        }
    }
}
