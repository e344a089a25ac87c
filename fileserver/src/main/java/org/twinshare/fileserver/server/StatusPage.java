package org.twinshare.fileserver.server;

import com.google.common.html.HtmlEscapers;
import org.twinshare.exports.Problem;

/** The status as a page without scripts: the same words and numbers as on the terminal. Has no state. */
final class StatusPage {
    private static final String STYLE = "body{font-family:monospace;margin:2em}td,th{padding:0 1em;text-align:right}"
            + "td:first-child,th:first-child{text-align:left}";

    private StatusPage() {}

    static String of(Status status) {
        StringBuilder page = new StringBuilder("<!DOCTYPE html><html lang=\"en\"><head><title>twinshare ")
                .append(escape(status.server().name()))
                .append("</title><meta http-equiv=\"refresh\" content=\"5\"><style>")
                .append(STYLE)
                .append("</style></head><body><pre>");
        page.append(escape(StatusText.of(status)));
        for (Problem problem : status.problems()) {
            page.append('\n').append(escape(problem.text())).append('\n');
        }
        return page.append("</pre></body></html>\n").toString();
    }

    private static String escape(String text) {
        return HtmlEscapers.htmlEscaper().escape(text);
    }
}
