package nl.klantreis;

import java.net.URI;
import java.net.URISyntaxException;

/** Where to, with which key, and what may be kept. Each setter gives the settings, so that they can be chained. */
public final class Settings {
    final String url;
    final String key;
    Consent consent = Consent.GRANTED;
    private int queueTouchpoints = Limits.QUEUE_TOUCHPOINTS;
    private int queueDays = Limits.QUEUE_DAYS;
    private int batchTouchpoints = Limits.BATCH_TOUCHPOINTS;
    private int batchBytes = Limits.BATCH_BYTES;

    /**
     * {@code endpoint} is the collector's address, {@code https://touch.shop.example}; {@code key} is what {@code
     * klantreis keys add} printed. Throws SettingsException for what can be neither. Over plain http the key goes to
     * this machine only; see {@link #insecure}.
     */
    public Settings(String endpoint, String key) {
        this(endpoint, key, false);
    }

    private Settings(String endpoint, String key, boolean insecure) {
        this.url = checked(endpoint, insecure) + "/v1/touchpoints";
        this.key = key == null ? "" : key.trim();
        if (!this.key.matches("[!-~]{1,256}")) {
            throw new SettingsException("key: must be 1 to 256 letters, digits and dashes, as `klantreis keys add` printed it");
        }
    }

    /** Http to another machine, on a network that is your own, such as from an emulator to its host. */
    public static Settings insecure(String endpoint, String key) {
        return new Settings(endpoint, key, true);
    }

    /** What the person allowed before anybody asked; granted unless said otherwise. */
    public Settings consent(Consent before) {
        if (before == null) {
            throw new SettingsException("consent: null is no answer; give GRANTED, REQUIRED or DENIED");
        }
        consent = before;
        return this;
    }

    /** Touchpoints that wait at most, 10,000 unless said otherwise; beyond it the oldest of low value go first. */
    public Settings keepTouchpoints(int touchpoints) {
        queueTouchpoints = atLeastOne("keepTouchpoints", touchpoints);
        return this;
    }

    /** Days that a touchpoint waits at most, 30 unless said otherwise; older ones need a secret key. */
    public Settings keepDays(int days) {
        queueDays = atLeastOne("keepDays", days);
        return this;
    }

    Settings batch(int touchpoints, int bytes) {
        batchTouchpoints = touchpoints;
        batchBytes = bytes;
        return this;
    }

    Limits limits() {
        return new Limits(queueTouchpoints, queueDays, batchTouchpoints, batchBytes);
    }

    private static int atLeastOne(String name, int value) {
        if (value < 1) {
            throw new SettingsException(name + ": " + value + " must be at least 1");
        }
        return value;
    }

    private static String checked(String endpoint, boolean insecure) {
        URI parts;
        try {
            parts = new URI(endpoint == null ? "" : endpoint.trim());
        } catch (URISyntaxException no) {
            throw noAddress(endpoint);
        }
        boolean plain = "http".equals(parts.getScheme());
        if ((!plain && !"https".equals(parts.getScheme())) || parts.getHost() == null || parts.getRawQuery() != null
                || parts.getRawFragment() != null) {
            throw noAddress(endpoint);
        }
        if (parts.getRawUserInfo() != null) {
            throw new SettingsException("endpoint: holds a user name or password; the key is an argument of its own");
        }
        if (plain && !insecure && !parts.getHost().matches("localhost|127(\\.\\d{1,3}){3}|\\[::1]")) {
            throw new SettingsException("endpoint: '" + endpoint
                    + "' would send the key unencrypted; use https, or Settings.insecure on a network of your own");
        }
        return parts.toString().replaceAll("/+$", "");
    }

    private static SettingsException noAddress(String endpoint) {
        return new SettingsException(
                "endpoint: '" + endpoint + "' must be the collector's address, such as https://touch.shop.example");
    }
}
