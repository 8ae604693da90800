package androidx.test.runner.lifecycle;

/** See {@code androidx.test}. */
public interface ActivityLifecycleMonitor {
}
