using System.CommandLine;

namespace S2nTls.Benchmarks.Commands;

/// <summary>The command line of the benchmarks.</summary>
internal static class BenchmarksCommand
{
    internal static RootCommand Create() => new("Measures S2nStream.")
    {
        CompareCommand.Create(),
        PageCommand.Create(),
        PiecesCommand.Create(),
        WorkCommand.Create(),
        IdleCommands.CreateServer(),
        IdleCommands.CreateClients(),
        WebCommand.CreateClients(),
        WebCommand.CreateServer(),
    };
}
