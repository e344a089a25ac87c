package org.twinshare.exports.table;

import java.util.List;
import org.twinshare.exports.Problem;

/** Why a client may or may not mount a path, in words. */
public sealed interface Explanation {

    /** What was decided. */
    Decision decision();

    /** Several lines for an operator who asks. */
    String text();

    /** The same on one line, for the log. */
    String logLine();

    /** One labelled line: which export, which line, which match, which options, whom squashing maps. */
    record Detail(String label, String words) {}

    /** The client may. */
    record Granted(Decision decision, String headline, List<Detail> details) implements Explanation {

        public Granted {
            details = List.copyOf(details);
        }

        @Override
        public String text() {
            int width = details.stream()
                    .mapToInt(detail -> detail.label.length())
                    .max()
                    .orElse(0);
            StringBuilder text = new StringBuilder(headline);
            for (Detail detail : details) {
                text.append('\n').repeat(' ', width - detail.label.length());
                text.append(detail.label).append(": ").append(detail.words);
            }
            return text.toString();
        }

        @Override
        public String logLine() {
            return headline;
        }
    }

    /** The client may not, or not yet: which rule says so, the nearest export, the line that would allow it. */
    record Denied(Decision decision, Problem problem) implements Explanation {

        @Override
        public String text() {
            return problem.text();
        }

        @Override
        public String logLine() {
            return problem.what() + ": " + problem.cause() + "; " + problem.remedy();
        }
    }
}
