package org.twinshare.fileserver.command;

/** How slf4j-simple writes the log: to standard error, with the time, and without the libraries' chatter. */
final class LogSettings {
    private static final String PREFIX = "org.slf4j.simpleLogger.";

    private LogSettings() {}

    /** To be called before the first logger is made. */
    static void apply(boolean debug) {
        set("showDateTime", "true");
        set("dateTimeFormat", "yyyy-MM-dd HH:mm:ss.SSS");
        set("showThreadName", "false");
        set("showShortLogName", "true");
        set("levelInBrackets", "true");
        set("defaultLogLevel", debug ? "debug" : "info");
        set("log.org.glassfish.grizzly", "warn");
    }

    private static void set(String key, String value) {
        if (System.getProperty(PREFIX + key) == null) {
            System.setProperty(PREFIX + key, value);
        }
    }
}
