using System.Diagnostics;
using System.Reflection;

namespace S2nTls.Benchmarks.Idle;

/// <summary>This program again, in a process of its own, with pipes to it. Its errors go to our standard error.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    internal static ChildProcess Start(params string[] arguments)
    {
        string own = Environment.ProcessPath!;
        bool isHost = Path.GetFileNameWithoutExtension(own) == "dotnet";
        return new ChildProcess(Process.Start(new ProcessStartInfo(
            own, isHost ? [Assembly.GetExecutingAssembly().Location, .. arguments] : arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);
    }

    internal void WriteLine(string line) => _process.StandardInput.WriteLine(line);

    internal async Task<string> ReadLineAsync()
    {
        using var limit = new CancellationTokenSource(s_patience);
        return await _process.StandardOutput.ReadLineAsync(limit.Token)
            ?? throw new InvalidOperationException($"The process '{string.Join(' ', _process.StartInfo.ArgumentList)}' has ended before its time.");
    }

    /// <summary>For those who dispose in the order of a list, and wait.</summary>
    internal IDisposable AsDisposable() => new Ending(this);

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (TimeoutException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private sealed class Ending(ChildProcess process) : IDisposable
    {
        public void Dispose() => process.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
