using System.CommandLine;
using S2nTls.Benchmarks.Reporting;

namespace S2nTls.Benchmarks.Commands;

/// <summary>Puts the results of a comparison into docs/performance.md.</summary>
internal static class PageCommand
{
    internal static Command Create()
    {
        Argument<FileInfo> results = new Argument<FileInfo>("results") { Description = "What `compare --json` has written." }.AcceptExistingOnly();
        Argument<FileInfo> page = new Argument<FileInfo>("page") { Description = "The page, docs/performance.md. Its chart is written beside it." }.AcceptExistingOnly();
        var command = new Command("page", "Puts the results of a comparison into a page of the documentation, with a chart.") { results, page };
        command.SetAction(parsed => PerformancePage.Update(ResultsFile.Read(parsed.GetRequiredValue(results)), parsed.GetRequiredValue(page)));
        return command;
    }
}
