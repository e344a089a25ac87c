package org.twinshare.fileserver.server;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import org.twinshare.filestore.NetState.Slot;
import org.twinshare.replication.copy.Finding;
import org.twinshare.replication.copy.SumKind;
import org.twinshare.replication.copy.Verify;

/** What comparing both trees came to, in words; {@code findings} is how many differences there were. Has no state. */
final class VerifyReport {
    private static final int MOST_SHOWN = 100;

    private VerifyReport() {}

    static Verify.Options options(JsonObject request) {
        boolean content = request.get("content").getAsBoolean();
        return new Verify.Options(
                content ? SumKind.SHA_256 : null, request.get("repair").getAsBoolean());
    }

    static JsonObject of(Verify.Report report) {
        JsonArray lines = new JsonArray();
        report.findings().stream().limit(MOST_SHOWN).forEach(found -> lines.add(words(found)));
        if (report.findings().size() > MOST_SHOWN) {
            lines.add("and " + (report.findings().size() - MOST_SHOWN) + " more");
        }
        lines.add(report.objects() + " names compared, " + report.bytes() + " bytes of files summed up, "
                + report.findings().size() + " differences");
        if (report.changing() > 0) {
            lines.add(report.changing() + " changed each time they were looked at, or are being written: not judged");
        }
        JsonObject answer = new JsonObject();
        answer.add("lines", lines);
        answer.addProperty("findings", report.findings().size());
        return answer;
    }

    private static String words(Finding finding) {
        return switch (finding) {
            case Finding.WrongName of ->
                place(of.place()) + " leads to object " + of.here() + ", and to " + of.primary() + " on the primary";
            case Finding.SurplusName of -> place(of.place()) + " is not on the primary";
            case Finding.WrongAttributes of -> "object " + of.object() + " has " + of.how();
            case Finding.WrongBytes of -> "file " + of.object() + " has other bytes";
        };
    }

    private static String place(Slot slot) {
        return "name " + slot.name() + " in directory " + slot.directory();
    }
}
