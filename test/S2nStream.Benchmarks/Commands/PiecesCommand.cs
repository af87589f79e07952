using System.CommandLine;
using BenchmarkDotNet.Running;

namespace S2nTls.Benchmarks.Commands;

/// <summary>Hands over to BenchmarkDotNet, for the pieces that S2nStream is made of.</summary>
internal static class PiecesCommand
{
    internal static Command Create()
    {
        var arguments = new Argument<string[]>("arguments")
        {
            Description = "BenchmarkDotNet's own, after --, such as --filter '*Record*'. Default: --filter '*'.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("pieces", "Measures the pieces that S2nStream is made of, with BenchmarkDotNet.") { arguments };
        command.SetAction(parsed =>
        {
            string[] given = parsed.GetValue(arguments) is { Length: > 0 } some ? some : ["--filter", "*"];
            BenchmarkSwitcher.FromAssembly(typeof(PiecesCommand).Assembly).Run(given);
        });
        return command;
    }
}
