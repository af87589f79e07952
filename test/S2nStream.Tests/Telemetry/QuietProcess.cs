using S2nTls.Telemetry;

namespace S2nTls.Tests.Telemetry;

/// <summary>
/// Tests of what the whole process reports: they begin when nothing of earlier tests is going on that might still report something, such as the answer to a
/// blinded error, or a connection that only the garbage collector ends.
/// </summary>
public abstract class QuietProcess : IAsyncLifetime
{
    public Task InitializeAsync()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Eventually.TrueAsync(() => BlindingReport.Waiting == 0);
    }

    public Task DisposeAsync() => Task.CompletedTask;
}
