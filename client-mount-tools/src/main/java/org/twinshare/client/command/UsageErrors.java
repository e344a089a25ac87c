package org.twinshare.client.command;

import java.util.ArrayList;
import java.util.List;
import org.twinshare.exports.Problem;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in three lines what is wrong with a command line, instead of printing all of its help. Stateless. */
final class UsageErrors implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        Problem problem =
                new Problem(String.valueOf(wrong.getMessage()), suggestions(wrong), "see " + name + " --help");
        command.getErr().println(problem.text());
        return ExitCode.USAGE;
    }

    private static String suggestions(ParameterException wrong) {
        if (!(wrong instanceof UnmatchedArgumentException unmatched)
                || unmatched.getUnmatched().isEmpty()) {
            return "";
        }
        String given = unmatched.getUnmatched().getFirst();
        List<String> near = new ArrayList<>();
        for (OptionSpec option : wrong.getCommandLine().getCommandSpec().options()) {
            if (given.length() > 3 && option.longestName().startsWith(given.substring(0, 4))) {
                near.add(option.longestName());
            }
        }
        return near.isEmpty() ? "" : "did you mean " + String.join(", ", near) + "?";
    }
}
