using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Examples;

/// <summary>The usual help, and below it the exit codes and command lines to try.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private readonly SynchronousCommandLineAction _help;
    private readonly string _examples;

    private HelpWithExamples(SynchronousCommandLineAction help, string examples)
    {
        _help = help;
        _examples = examples;
    }

    /// <summary>Help is given whatever else is wrong.</summary>
    public override bool ClearsParseErrors => true;

    public static void AddTo(RootCommand command, string examples)
    {
        HelpOption option = command.Options.OfType<HelpOption>().Single();
        option.Action = new HelpWithExamples((SynchronousCommandLineAction)option.Action!, examples);
    }

    public override int Invoke(ParseResult parseResult)
    {
        int exitCode = _help.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(
            $"""
            Exit codes:
              0  success
              1  the network or the peer failed
              2  the command line, or a file that it names, is wrong

            {_examples}
            """);
        return exitCode;
    }
}
