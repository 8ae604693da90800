package nl.klantreis.android;

import android.app.Application;
import android.content.Context;
import android.content.pm.PackageInfo;
import android.content.pm.PackageManager;
import android.net.ConnectivityManager;
import android.net.TrafficStats;
import android.os.Build;
import android.os.SystemClock;
import android.provider.Settings;
import android.system.ErrnoException;
import android.system.Os;
import android.system.OsConstants;
import android.util.DisplayMetrics;
import android.util.Log;
import java.io.File;
import java.io.FileDescriptor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.UUID;
import nl.klantreis.HttpPost;
import nl.klantreis.Now;
import nl.klantreis.Platform;
import nl.klantreis.Reply;

/** An Android device, and the app on it. */
final class AndroidPlatform implements Platform {
    private static final String TAG = "klantreis";
    /** Of our requests in the statistics of a device's traffic. */
    private static final int TRAFFIC = 0x4B52;

    private final Application app;
    private final PackageInfo installed;
    private final String boot;
    private final Map<String, Object> device = new LinkedHashMap<>();

    AndroidPlatform(Application app) {
        this.app = app;
        installed = installed(app);
        // The system counts its boots since Android 7; before, the clock counts within one run of the app.
        int count = Build.VERSION.SDK_INT < 24 ? -1
                : Settings.Global.getInt(app.getContentResolver(), Settings.Global.BOOT_COUNT, -1);
        boot = count < 0 ? UUID.randomUUID().toString() : "boot-" + count;
        DisplayMetrics screen = app.getResources().getDisplayMetrics();
        device.put("screen_width", screen.widthPixels);
        device.put("screen_height", screen.heightPixels);
        device.put("app_name", String.valueOf(app.getApplicationInfo().loadLabel(app.getPackageManager())));
        device.put("app_version", appVersion());
        device.put("device_model", Build.MODEL);
        device.put("device_maker", Build.MANUFACTURER);
        device.put("os_name", "Android");
        device.put("os_version", Build.VERSION.RELEASE);
    }

    String appVersion() {
        return installed.versionName == null ? "" : installed.versionName;
    }

    /** Whether this version is the first that is on the device. */
    boolean isNewlyInstalled() {
        return installed.firstInstallTime == installed.lastUpdateTime;
    }

    /** Not where backups are made of: two devices must not be one visitor. */
    @Override
    public File folder() {
        return new File(app.getNoBackupFilesDir(), "klantreis");
    }

    @Override
    public void replace(File from, File to) throws IOException {
        if (!from.renameTo(to)) {
            throw new IOException(from + " cannot take the place of " + to);
        }
    }

    @Override
    public void syncFolder(File folder) throws IOException {
        FileDescriptor opened;
        try {
            opened = Os.open(folder.getPath(), OsConstants.O_RDONLY, 0);
        } catch (Exception cannotBeOpened) {
            return; // some file systems let no folder be opened: they write names in their own time, SQLite's too
        }
        try {
            Os.fsync(opened);
            Os.close(opened);
        } catch (ErrnoException fault) {
            throw new IOException(folder + " cannot be synced: " + fault.getMessage(), fault);
        }
    }

    @Override
    public Now now() {
        return new Now(System.currentTimeMillis(), SystemClock.elapsedRealtime(), boot);
    }

    @Override
    public Reply post(String url, byte[] json) {
        TrafficStats.setThreadStatsTag(TRAFFIC);
        return HttpPost.send(url, json);
    }

    @Override
    public String channel() {
        return "mobile";
    }

    @Override
    public Map<String, Object> context() {
        Map<String, Object> context = new LinkedHashMap<>(device);
        context.put("language", Locale.getDefault().toLanguageTag());
        context.put("time_zone", TimeZone.getDefault().getID());
        context.put("network", network());
        return context;
    }

    @Override
    public void warn(String message, Throwable cause) {
        Log.w(TAG, message, cause);
    }

    /** Of which kind; null where there is none, it is another, or it may not be asked. */
    @SuppressWarnings("deprecation") // what took its place is there since Android 6
    private String network() {
        try {
            ConnectivityManager manager = (ConnectivityManager) app.getSystemService(Context.CONNECTIVITY_SERVICE);
            android.net.NetworkInfo active = manager.getActiveNetworkInfo();
            int type = active == null ? -1 : active.getType();
            return type == ConnectivityManager.TYPE_WIFI ? "wifi"
                    : type == ConnectivityManager.TYPE_MOBILE ? "mobile"
                    : type == ConnectivityManager.TYPE_ETHERNET ? "ethernet" : null;
        } catch (SecurityException refused) {
            return null;
        }
    }

    private static PackageInfo installed(Application app) {
        try {
            return app.getPackageManager().getPackageInfo(app.getPackageName(), 0);
        } catch (PackageManager.NameNotFoundException impossible) {
            throw new IllegalStateException(impossible); // an app is installed where it runs
        }
    }
}
