package nl.klantreis;

/** What the collector is told of who sent something. A test holds the version to the build's. */
final class Version {
    static final String NAME = "klantreis-java";
    static final String VERSION = "0.1.0";

    private Version() {
    }
}
