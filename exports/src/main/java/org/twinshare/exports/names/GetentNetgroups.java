package org.twinshare.exports.names;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.twinshare.exports.client.HostNameSyntax;

/** Netgroups as this machine's name service knows them; getent(1) has resolved the nested ones already. */
final class GetentNetgroups implements Netgroups {

    /** One member as getent prints it: {@code (host,user,domain)}, each of which may be empty. */
    private static final Pattern MEMBER = Pattern.compile("\\(([^,()]*),[^()]*\\)");

    private final Getent getent;

    GetentNetgroups(String program, Duration timeout) {
        this.getent = new Getent(program, timeout);
    }

    @Override
    public Lookup<String> hostsOf(String netgroup) {
        if (netgroup.startsWith("-")) {
            return new Lookup.NotFound<>("not a netgroup name");
        }
        try {
            Set<String> hosts = new LinkedHashSet<>();
            for (String line : getent.ask("netgroup", netgroup)) {
                Matcher member = MEMBER.matcher(line);
                while (member.find()) {
                    String host = HostNameSyntax.normalize(member.group(1).strip());
                    if (!host.isEmpty() && !host.equals("-")) {
                        hosts.add(host);
                    }
                }
            }
            return Lookup.of(hosts, "the netgroup has no hosts");
        } catch (IOException failure) {
            return new Lookup.NotFound<>(String.valueOf(failure.getMessage()));
        }
    }
}
