package androidx.test.runner.intent;

import android.app.Instrumentation.ActivityResult;
import android.content.Intent;

/** See {@code androidx.test}. */
public interface IntentStubber {
    ActivityResult getActivityResultForIntent(Intent intent);
}
