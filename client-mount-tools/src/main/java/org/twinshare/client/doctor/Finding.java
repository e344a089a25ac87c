package org.twinshare.client.doctor;

/**
 * What one check found.
 *
 * @param check  its name, which does not change
 * @param text   what was found, one line
 * @param cause  why that is no good, or empty
 * @param remedy what to do about it, or empty
 */
public record Finding(String check, Level level, String text, String cause, String remedy) {

    /** How bad it is. A warning costs something some day; a failure costs something now. */
    public enum Level {
        OK("ok"),
        WARN("warn"),
        FAIL("fail");

        private final String word;

        Level(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    static Finding ok(String check, String text) {
        return new Finding(check, Level.OK, text, "", "");
    }

    static Finding warn(String check, String text, String cause, String remedy) {
        return new Finding(check, Level.WARN, text, cause, remedy);
    }

    static Finding fail(String check, String text, String cause, String remedy) {
        return new Finding(check, Level.FAIL, text, cause, remedy);
    }
}
