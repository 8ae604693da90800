package nl.klantreis.part;

/** The device and program. {@code user_agent} and {@code address} override the request's own; secret keys only. Generated from {@code collector/touchpoint.py}; change it there and run {@code make docs}. */
public final class Context extends NamedPart {
    public Context() {
        super("context");
    }

    public Context userAgent(String value) {
        set("user_agent", value);
        return this;
    }

    public Context address(String value) {
        set("address", value);
        return this;
    }

    public Context language(String value) {
        set("language", value);
        return this;
    }

    public Context timeZone(String value) {
        set("time_zone", value);
        return this;
    }

    public Context screenWidth(long value) {
        set("screen_width", value);
        return this;
    }

    public Context screenHeight(long value) {
        set("screen_height", value);
        return this;
    }

    public Context viewportWidth(long value) {
        set("viewport_width", value);
        return this;
    }

    public Context viewportHeight(long value) {
        set("viewport_height", value);
        return this;
    }

    public Context appName(String value) {
        set("app_name", value);
        return this;
    }

    public Context appVersion(String value) {
        set("app_version", value);
        return this;
    }

    public Context deviceModel(String value) {
        set("device_model", value);
        return this;
    }

    public Context deviceMaker(String value) {
        set("device_maker", value);
        return this;
    }

    public Context osName(String value) {
        set("os_name", value);
        return this;
    }

    public Context osVersion(String value) {
        set("os_version", value);
        return this;
    }

    public Context network(String value) {
        set("network", value);
        return this;
    }
}
