package androidx.test.runner.intent;

/** See {@code androidx.test}. */
public interface IntentMonitor {
}
