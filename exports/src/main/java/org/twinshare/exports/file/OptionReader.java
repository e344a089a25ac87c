package org.twinshare.exports.file;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.twinshare.exports.BytePath;
import org.twinshare.exports.Diagnostic.Severity;
import org.twinshare.exports.Octal;
import org.twinshare.exports.Spelling;
import org.twinshare.exports.file.OptionNames.Switch;
import org.twinshare.exports.options.ExportOptions;
import org.twinshare.exports.options.ExportOptionsBuilder;
import org.twinshare.exports.options.Fsid;
import org.twinshare.exports.options.MountPoint;

/**
 * Reads option lists onto the options of one client: the line's defaults first, its own after, the last one wins. Not
 * thread-safe; {@link #copy} gives the next client of a line its own.
 */
final class OptionReader {

    private static final ImmutableSet<String> SYS = ImmutableSet.of("sys", "unix");
    private static final ImmutableSet<String> FLAVORS =
            ImmutableSet.of("sys", "unix", "krb5", "krb5i", "krb5p", "none", "null");
    private static final ImmutableSet<String> TRANSPORTS = ImmutableSet.of("none", "tls", "mtls");

    private final SourceText source;
    private final Diagnostics diagnostics;
    private final ExportOptionsBuilder options;
    private final List<Word> withoutSys = new ArrayList<>();
    private final Map<String, String> switched = new HashMap<>();
    private boolean secGiven;
    private boolean sysGiven;
    private boolean sysActive = true;

    OptionReader(SourceText source, Diagnostics diagnostics) {
        this.source = source;
        this.diagnostics = diagnostics;
        this.options = new ExportOptionsBuilder();
    }

    private OptionReader(OptionReader defaults) {
        source = defaults.source;
        diagnostics = defaults.diagnostics;
        options = new ExportOptionsBuilder(defaults.options);
        withoutSys.addAll(defaults.withoutSys);
        secGiven = defaults.secGiven;
        sysGiven = defaults.sysGiven;
        sysActive = defaults.sysActive;
    }

    /** A reader that goes on from what this one has read. */
    OptionReader copy() {
        return new OptionReader(this);
    }

    /** Reads the options that stand in {@code word} from index {@code from} up to {@code to}. */
    void read(Word word, int from, int to) {
        switched.clear();
        int start = from;
        for (int at = from; at <= to; at++) {
            if (at == to || word.at(at) == ',') {
                // As in nfs-utils, a comma may end the list.
                if (at > start) {
                    readOption(word.part(start, at));
                } else if (at < to) {
                    error(word.part(at, at), "an option is missing before this comma", "remove one comma");
                }
                start = at + 1;
            }
        }
    }

    /** The options, once all lists are read. */
    ExportOptions finish() {
        if (secGiven && !sysGiven) {
            Word last = withoutSys.get(withoutSys.size() - 1);
            error(last, Show.word(last) + ": only sec=sys is served", "write sec=sys, or leave sec= out");
        } else {
            for (Word section : withoutSys) {
                String message = Show.word(section) + ": only sec=sys is served, the other flavours have no effect";
                diagnostics.add(Severity.WARNING, source.locate(section.start()), message, "write sec=sys");
            }
        }
        return options.build();
    }

    private void readOption(Word option) {
        int equals = option.indexOf('=');
        String name = equals < 0 ? option.text() : option.text().substring(0, equals);
        Switch flag = OptionNames.SWITCHES.get(name);
        if (flag != null && equals < 0) {
            readSwitch(option, name, flag);
        } else if (flag != null) {
            error(option, "the option " + name + " takes no value", "write  " + name + "  in the list of each client");
        } else if (OptionNames.WITHOUT_MEANING.contains(name)) {
            String message = "the option " + name + " has no meaning here and is ignored";
            diagnostics.warnOnce(name, source.locate(option.start()), message, "");
        } else if (OptionNames.VALUES.contains(name)) {
            readValue(
                    option,
                    name,
                    equals < 0 ? Optional.empty() : Optional.of(option.part(equals + 1, option.length())));
        } else {
            unknown(option, name);
        }
    }

    private void readSwitch(Word option, String name, Switch flag) {
        String earlier = switched.put(flag.group(), name);
        if (earlier != null && !earlier.equals(name)) {
            String message = earlier + " and " + name + " contradict each other: the last one, " + name + ", counts";
            diagnostics.add(Severity.WARNING, source.locate(option.start()), message, "remove one of them");
        }
        if (sysActive || !flag.varies()) {
            flag.setter().accept(options, flag.value());
        }
    }

    private void readValue(Word option, String name, Optional<Word> value) {
        boolean mountPoint = name.equals("mp") || name.equals("mountpoint");
        if (mountPoint && value.isEmpty()) {
            options.setMountPoint(new MountPoint.ExportedDirectory());
        } else if (value.isEmpty() || value.get().length() == 0) {
            error(option, "the option " + name + " needs a value", "write  " + name + "=VALUE");
        } else if (mountPoint) {
            readMountPoint(value.get());
        } else {
            switch (name) {
                case "anonuid" -> readId(value.get(), options::setAnonymousUid);
                case "anongid" -> readId(value.get(), options::setAnonymousGid);
                case "fsid" -> readFsid(value.get());
                case "sec" -> readFlavors(option, value.get());
                case "xprtsec" -> readTransports(option, value.get());
                default -> throw new IllegalStateException(name);
            }
        }
    }

    private void readMountPoint(Word value) {
        Optional<String> fault = BytePath.faultOf(value.bytes());
        if (fault.isPresent()) {
            error(value, "the mount point " + fault.get(), "write an absolute path, as in mp=/srv");
        } else {
            options.setMountPoint(new MountPoint.At(BytePath.of(value.bytes())));
        }
    }

    private void readId(Word value, IntConsumer setter) {
        String text = value.text();
        long id = text.matches("-?[0-9]{1,10}") ? Long.parseLong(text) : Long.MAX_VALUE;
        // exports(5) has always been written with -2 for 4294967294; -1 is what the kernel calls no id at all.
        if (id < Integer.MIN_VALUE || id > 0xffff_ffffL || (int) id == -1) {
            error(value, "not a user or group id", "write a number from 0 to 4294967294");
        } else {
            setter.accept((int) id);
        }
    }

    private void readFsid(Word value) {
        Optional<Fsid> fsid = Fsid.parse(value.text());
        if (fsid.isPresent()) {
            options.setFsid(fsid.get());
        } else {
            error(value, "not an fsid", "write a number up to 4294967295, root, or a UUID of 32 hex digits");
        }
    }

    private void readFlavors(Word option, Word value) {
        List<String> flavors = Splitter.on(':').splitToList(value.text());
        if (!FLAVORS.containsAll(flavors)) {
            error(value, "not a list of security flavours", "write sec=sys");
        }
        secGiven = true;
        switched.clear();
        sysActive = flavors.stream().anyMatch(SYS::contains);
        sysGiven |= sysActive;
        if (!SYS.containsAll(flavors)) {
            withoutSys.add(option);
        }
    }

    private void readTransports(Word option, Word value) {
        List<String> transports = Splitter.on(':').splitToList(value.text());
        if (!TRANSPORTS.containsAll(transports)) {
            error(value, "not a list of none, tls and mtls", "leave xprtsec= out");
        } else if (transports.contains("none")) {
            String message = "the option xprtsec has no meaning here: calls are not encrypted";
            diagnostics.warnOnce("xprtsec", source.locate(option.start()), message, "");
        } else {
            error(
                    option,
                    "calls are not encrypted here, so that " + Show.word(option) + " cannot be kept",
                    "use a VPN");
        }
    }

    private void unknown(Word option, String name) {
        String remedy = OptionNames.REMEDIES.getOrDefault(
                name,
                Spelling.nearest(name, OptionNames.ALL)
                        .map(known -> "did you mean  " + known + "?")
                        .orElse("remove it; exports(5) lists the options"));
        String shown = Octal.escape(name, "");
        error(option, "unknown option \"" + Show.abbreviate(shown) + "\"", remedy);
    }

    private void error(Word at, String message, String remedy) {
        diagnostics.add(Severity.ERROR, source.locate(at.start()), message, remedy);
    }
}
