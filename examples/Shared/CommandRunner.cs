using System.CommandLine;
using System.CommandLine.Invocation;

namespace Examples;

/// <summary>Runs a command so that whatever goes wrong is one line on standard error and an exit code.</summary>
internal static class CommandRunner
{
    public static async Task<int> RunAsync(RootCommand command, string[] args)
    {
        try
        {
            ParseResult parsed = command.Parse(args);
            if (parsed.Action is ParseErrorAction)
            {
                throw new UsageException($"{parsed.Errors[0].Message} (--help shows the options)");
            }

            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeSpan.FromSeconds(10), // after Ctrl-C or SIGTERM, time to say goodbye to the peers
            });
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Interrupted.");
            return 1;
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine(ErrorText.Of(e));
            return 2;
        }
        catch (Exception e) // a stack trace helps nobody at a command line
        {
            Console.Error.WriteLine(ErrorText.Of(e));
            return 1;
        }
    }
}
