package androidx.test.runner.lifecycle;

/** See {@code androidx.test}. */
public enum Stage {
    PRE_ON_CREATE, CREATED, STARTED, RESUMED, PAUSED, STOPPED, RESTARTED, DESTROYED
}
