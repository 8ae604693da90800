package nl.klantreis.android;

import android.app.Activity;
import android.app.Application;
import android.content.Intent;
import android.net.Uri;
import android.os.Bundle;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import nl.klantreis.Klantreis;

/** Makes of what activities go through what an app goes through: opened, by which link, in the background, screens. */
final class Activities implements Application.ActivityLifecycleCallbacks {
    /** Addresses of things on the device, and of people. */
    private static final Set<String> NO_LINKS =
            new HashSet<>(Arrays.asList("content", "file", "tel", "mailto", "sms", "smsto", "geo"));

    private final Klantreis klantreis;
    private final Set<Automatic> automatic;
    /** Activities that can be seen. */
    private int visible;
    /** One is only made anew, since the device was turned: nothing was closed or opened. */
    private boolean isTurned;
    /** That led to an activity which cannot be seen yet. */
    private String link;

    Activities(Klantreis klantreis, Set<Automatic> automatic) {
        this.klantreis = klantreis;
        this.automatic = automatic;
    }

    /** The link that an intent carries; null where it has none. */
    static String link(Intent intent) {
        Uri data = intent == null || !Intent.ACTION_VIEW.equals(intent.getAction()) ? null : intent.getData();
        // From the list of recent apps an old intent comes again, and nobody followed a link.
        boolean again = data != null && (intent.getFlags() & Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY) != 0;
        boolean told = data != null && data.getScheme() != null && !NO_LINKS.contains(data.getScheme());
        return told && !again ? data.toString() : null;
    }

    @Override
    public void onActivityCreated(Activity activity, Bundle state) {
        if (state == null) {
            link = link(activity.getIntent());
        }
    }

    @Override
    public void onActivityStarted(Activity activity) {
        boolean opens = visible++ == 0 && !isTurned;
        if (automatic.contains(Automatic.LIFECYCLE) && (opens || link != null)) {
            klantreis.life().opened(link);
        }
        link = null;
    }

    @Override
    public void onActivityResumed(Activity activity) {
        if (automatic.contains(Automatic.SCREENS) && !isTurned) {
            klantreis.screen(activity.getClass().getSimpleName());
        }
        isTurned = false;
    }

    @Override
    public void onActivityPaused(Activity activity) {
        // Nothing is closed yet: a dialog may lie over it.
    }

    @Override
    public void onActivityStopped(Activity activity) {
        isTurned = activity.isChangingConfigurations();
        visible = Math.max(0, visible - 1); // one that was there before this was told of any
        if (visible == 0 && !isTurned && automatic.contains(Automatic.LIFECYCLE)) {
            klantreis.life().backgrounded();
        }
    }

    @Override
    public void onActivitySaveInstanceState(Activity activity, Bundle state) {
        // Nothing of ours is in an activity.
    }

    @Override
    public void onActivityDestroyed(Activity activity) {
        // It was stopped before.
    }
}
