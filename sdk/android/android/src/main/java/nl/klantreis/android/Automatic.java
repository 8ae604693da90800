package nl.klantreis.android;

/** What is told without being called for. */
public enum Automatic {
    /** {@code app_installed}, {@code app_updated}, {@code app_opened} with the link that led there, {@code app_backgrounded}. */
    LIFECYCLE,
    /** A {@code screen_view} for each activity, named by its class. */
    SCREENS,
    /** {@code app_crashed}, with the class of the error. */
    CRASHES
}
