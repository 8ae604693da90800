package androidx.test.runner.lifecycle;

/** See {@code androidx.test}. */
public enum ApplicationStage {
    PRE_ON_CREATE, CREATED
}
