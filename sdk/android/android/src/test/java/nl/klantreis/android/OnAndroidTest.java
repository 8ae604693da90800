package nl.klantreis.android;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import android.app.Activity;
import android.app.Application;
import android.content.Context;
import android.content.Intent;
import android.content.pm.PackageInfo;
import android.net.ConnectivityManager;
import android.net.Uri;
import android.os.Bundle;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nl.klantreis.Consent;
import nl.klantreis.Klantreis;
import nl.klantreis.Settings;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.Shadows;
import org.robolectric.android.controller.ActivityController;
import org.robolectric.annotation.Config;

/** The adapter on the framework of Android itself, the oldest that it is for and a new one. */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = {21, 35}, manifest = Config.NONE)
public class OnAndroidTest {
    private static final long LONG_MS = 60_000;

    private final Collecting collecting;
    private Application app;
    private Klantreis klantreis;
    private Thread.UncaughtExceptionHandler before;

    /** A screen of an app. */
    public static class Shop extends Activity {
    }

    /** Another one. */
    public static class Cart extends Activity {
    }

    public OnAndroidTest() throws IOException {
        collecting = new Collecting();
    }

    @Before
    public void installed() {
        before = Thread.getDefaultUncaughtExceptionHandler();
        app = RuntimeEnvironment.getApplication();
        version("1.0");
    }

    @After
    public void ended() {
        Thread.setDefaultUncaughtExceptionHandler(before);
        if (klantreis != null) {
            klantreis.close();
        }
        collecting.close();
    }

    private void version(String name) {
        PackageInfo info = Shadows.shadowOf(app.getPackageManager()).getInternalMutablePackageInfo(app.getPackageName());
        info.versionName = name;
        info.firstInstallTime = 1000;
        info.lastUpdateTime = 1000;
    }

    private void start(Consent consent) {
        klantreis = KlantreisAndroid.start(app, new Settings(collecting.url(), "pk_test").consent(consent));
    }

    private void restart() {
        klantreis.stored(LONG_MS);
        klantreis.close();
        start(Consent.GRANTED);
    }

    private List<String> types() {
        assertTrue(klantreis.status().toString(), klantreis.flush(LONG_MS));
        List<String> types = new ArrayList<>();
        synchronized (collecting.touchpoints) {
            for (String one : collecting.touchpoints) {
                types.add(field(one, "type"));
            }
        }
        return types;
    }

    private static String field(String touchpoint, String name) {
        Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(touchpoint);
        return found.find() ? found.group(1) : null;
    }

    @Test
    public void tellsOfItsLifeAndItsScreensByItself() {
        start(Consent.GRANTED);
        ActivityController<Shop> shop = Robolectric.buildActivity(Shop.class).setup();
        ActivityController<Cart> cart = Robolectric.buildActivity(Cart.class).setup();
        shop.pause().stop();
        cart.pause().stop();
        assertEquals(Arrays.asList("app_installed", "app_opened", "screen_view", "screen_view", "app_backgrounded"), types());
        List<String> screens = collecting.of("screen_view");
        assertTrue(screens.get(1), screens.get(1).contains("\"screen\":{\"name\":\"Cart\",\"previous\":\"Shop\"}"));
        assertTrue(collecting.of("app_backgrounded").get(0).contains("foreground_ms"));
        assertEquals("mobile", field(screens.get(0), "channel"));
        assertEquals("Android", field(screens.get(0), "os_name"));
        assertEquals("1.0", field(screens.get(0), "app_version"));
        assertNotNull(field(screens.get(0), "visitor_id"));
    }

    @Test
    public void aTurnedDeviceOpensAndShowsNothingAnew() {
        start(Consent.GRANTED);
        Robolectric.buildActivity(Shop.class).setup().recreate();
        assertEquals(Arrays.asList("app_installed", "app_opened", "screen_view"), types());
    }

    @Test
    public void aLinkBringsThePersonWithItsCampaignAndBeginsASession() {
        start(Consent.GRANTED);
        ActivityController<Shop> shop = Robolectric.buildActivity(Shop.class).setup();
        Uri link = Uri.parse("https://shop.example/hiker?utm_source=news&utm_medium=email&email=a%40b.nl");
        Robolectric.buildActivity(Cart.class, new Intent(Intent.ACTION_VIEW, link)).setup();
        types();
        List<String> opened = collecting.of("app_opened");
        assertEquals(2, opened.size());
        assertTrue(opened.get(1), opened.get(1).contains("\"campaign\":{\"source\":\"news\",\"medium\":\"email\"}"));
        assertEquals("https://shop.example/hiker?utm_source=news&utm_medium=email", field(opened.get(1), "url"));
        assertNotEquals(field(opened.get(0), "session_id"), field(opened.get(1), "session_id"));
        assertEquals(field(opened.get(0), "visitor_id"), field(opened.get(1), "visitor_id"));
        shop.pause();
    }

    @Test
    public void anOldIntentOfTheRecentAppsIsNoLinkAndAContactIsNone() {
        start(Consent.GRANTED);
        Intent again = new Intent(Intent.ACTION_VIEW, Uri.parse("https://shop.example/?utm_source=news"));
        again.addFlags(Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY);
        KlantreisAndroid.followed(klantreis, again);
        KlantreisAndroid.followed(klantreis, new Intent(Intent.ACTION_VIEW, Uri.parse("tel:+31612345678")));
        KlantreisAndroid.followed(klantreis, null);
        assertEquals(Arrays.asList("app_installed"), types());
    }

    @Test
    public void anotherVersionIsAnUpdateAndTheVisitorStays() {
        start(Consent.GRANTED);
        types();
        version("1.1");
        restart();
        assertEquals(Arrays.asList("app_installed", "app_updated"), types());
        assertTrue(collecting.of("app_updated").get(0).contains("\"previous_version\":\"1.0\""));
        assertEquals(field(collecting.touchpoints.get(0), "visitor_id"), field(collecting.touchpoints.get(1), "visitor_id"));
    }

    @Test
    public void aCrashIsOnDiskBeforeTheAppEndsAndSentByTheNextStart() {
        collecting.status = 503;
        boolean[] handedOn = new boolean[1];
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> handedOn[0] = true);
        start(Consent.GRANTED);
        IllegalStateException error = new IllegalStateException("anna@example.nl");
        Thread.getDefaultUncaughtExceptionHandler().uncaughtException(Thread.currentThread(), error);
        assertTrue(handedOn[0]);
        collecting.status = 202;
        restart();
        types();
        String crashed = collecting.of("app_crashed").get(0);
        assertTrue(crashed, crashed.contains("java.lang.IllegalStateException") && crashed.contains("\"version\":\"1.0\""));
        assertFalse(crashed.contains("anna"));
    }

    @Test
    public void withoutConsentNothingIsStoredAndNothingToldOfTheDevice() {
        start(Consent.REQUIRED);
        Robolectric.buildActivity(Shop.class).setup();
        assertEquals(Arrays.asList("app_opened", "screen_view"), types());
        for (String one : collecting.touchpoints) {
            assertFalse(one, one.contains("visitor_id") || one.contains("context"));
        }
        assertEquals(0, app.getNoBackupFilesDir().list().length);
        klantreis.consent(Consent.GRANTED);
        assertEquals(Arrays.asList("app_opened", "screen_view", "consent", "app_installed"), types());
        assertEquals(1, app.getNoBackupFilesDir().list().length);
    }

    @Test
    public void whenTheNetworkIsBackWhatFailedIsSentAtOnce() {
        collecting.status = 503;
        start(Consent.GRANTED);
        klantreis.track("search");
        assertFalse(klantreis.flush(500));
        collecting.status = 202;
        ConnectivityManager manager = (ConnectivityManager) app.getSystemService(Context.CONNECTIVITY_SERVICE);
        for (ConnectivityManager.NetworkCallback one : Shadows.shadowOf(manager).getNetworkCallbacks()) {
            one.onAvailable(null);
        }
        assertEquals(Arrays.asList("app_installed", "search"), types());
    }

    @Test
    public void tellsByItselfOnlyWhatItIsToldTo() {
        Settings settings = new Settings(collecting.url(), "pk_test");
        klantreis = KlantreisAndroid.start(app, settings, EnumSet.of(Automatic.SCREENS));
        Robolectric.buildActivity(Shop.class).setup().pause().stop();
        assertEquals(Arrays.asList("screen_view"), types());
    }

    @Test
    public void theClockOfADeviceIsNamedByItsBoot() {
        AndroidPlatform platform = new AndroidPlatform(app);
        assertNotNull(platform.now().boot);
        assertEquals(platform.now().boot, platform.now().boot);
        assertTrue(platform.context().toString(), platform.context().containsKey("language"));
        assertTrue(new Bundle().isEmpty());
    }
}
