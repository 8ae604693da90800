package nl.klantreis.android;

import nl.klantreis.Klantreis;

/** Tells of an error that nobody caught, and hands it on to whoever was there before. */
final class Crashes implements Thread.UncaughtExceptionHandler {
    private final Klantreis klantreis;
    private final Thread.UncaughtExceptionHandler before;

    Crashes(Klantreis klantreis, Thread.UncaughtExceptionHandler before) {
        this.klantreis = klantreis;
        this.before = before;
    }

    @Override
    public void uncaughtException(Thread thread, Throwable error) {
        try {
            klantreis.life().crashed(error);
        } finally {
            if (before != null) {
                before.uncaughtException(thread, error);
            }
        }
    }
}
