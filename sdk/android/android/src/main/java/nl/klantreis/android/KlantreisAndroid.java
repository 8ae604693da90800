package nl.klantreis.android;

import android.app.Application;
import android.content.Context;
import android.content.Intent;
import android.net.ConnectivityManager;
import android.net.Network;
import android.net.NetworkCapabilities;
import android.net.NetworkRequest;
import java.util.EnumSet;
import java.util.Set;
import nl.klantreis.Klantreis;
import nl.klantreis.Settings;

/** Klantreis in an Android app. */
public final class KlantreisAndroid {
    private KlantreisAndroid() {
    }

    /**
     * Begins, in {@code Application.onCreate} of the app's main process, and tells by itself all that {@link Automatic}
     * names. Returns at once: disk and network have threads of their own.
     */
    public static Klantreis start(Application app, Settings settings) {
        return start(app, settings, EnumSet.allOf(Automatic.class));
    }

    /** Begins, and tells by itself what {@code automatic} names. */
    public static Klantreis start(Application app, Settings settings, Set<Automatic> automatic) {
        AndroidPlatform platform = new AndroidPlatform(app);
        Klantreis klantreis = Klantreis.start(platform, settings);
        if (automatic.contains(Automatic.LIFECYCLE)) {
            klantreis.life().started(platform.appVersion(), platform.isNewlyInstalled());
        }
        if (automatic.contains(Automatic.LIFECYCLE) || automatic.contains(Automatic.SCREENS)) {
            app.registerActivityLifecycleCallbacks(new Activities(klantreis, automatic));
        }
        if (automatic.contains(Automatic.CRASHES)) {
            Thread.setDefaultUncaughtExceptionHandler(new Crashes(klantreis, Thread.getDefaultUncaughtExceptionHandler()));
        }
        watchNetwork(app, platform, klantreis);
        return klantreis;
    }

    /**
     * A link reached an activity that was there already: call it in {@code onNewIntent}, of which nobody else is told.
     */
    public static void followed(Klantreis klantreis, Intent intent) {
        String link = Activities.link(intent);
        if (link != null) {
            klantreis.life().opened(link);
        }
    }

    private static void watchNetwork(Application app, AndroidPlatform platform, final Klantreis klantreis) {
        ConnectivityManager manager = (ConnectivityManager) app.getSystemService(Context.CONNECTIVITY_SERVICE);
        NetworkRequest internet =
                new NetworkRequest.Builder().addCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET).build();
        try {
            manager.registerNetworkCallback(internet, new ConnectivityManager.NetworkCallback() {
                @Override
                public void onAvailable(Network network) {
                    klantreis.life().networkIsBack();
                }
            });
        } catch (RuntimeException refused) {
            // Without it what failed is tried again within four minutes, as on any machine.
            platform.warn("klantreis: give the app ACCESS_NETWORK_STATE, to send at once when the network is back", refused);
        }
    }
}
