package nl.klantreis;

/** A touchpoint is not on disk: it is full or failing. Selling can go on; while the program runs, it is still sent. */
public final class NotStoredException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotStoredException(String message) {
        super(message);
    }
}
