package nl.klantreis;

/** Address, key or folder cannot be used. The message names the fault and the remedy, and never the key. */
public final class SettingsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    SettingsException(String message) {
        super(message);
    }
}
