package androidx.test.runner.lifecycle;

/** See {@code androidx.test}. */
public final class ActivityLifecycleMonitorRegistry {
    private ActivityLifecycleMonitorRegistry() {
    }

    public static void registerInstance(ActivityLifecycleMonitor monitor) {
    }
}
