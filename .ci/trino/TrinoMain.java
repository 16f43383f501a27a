/** Maven Central has Trino's modules, and no server made of them: this is all that the server adds. */
public final class TrinoMain {
    public static void main(String[] args) {
        new io.trino.server.Server().start(System.getProperty("trino.version"));
    }
}
