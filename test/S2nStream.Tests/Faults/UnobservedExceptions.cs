namespace S2nTls.Tests.Faults;

/// <summary>Collects the exceptions of tasks that nobody has looked at, from here on.</summary>
internal sealed class UnobservedExceptions : IDisposable
{
    private readonly List<Exception> _exceptions = [];

    internal UnobservedExceptions()
    {
        Collect(); // those of earlier tests
        TaskScheduler.UnobservedTaskException += Keep;
    }

    /// <summary>Fails if there was one.</summary>
    public void Check()
    {
        Collect();
        lock (_exceptions)
        {
            Assert.Empty(_exceptions);
        }
    }

    public void Dispose() => TaskScheduler.UnobservedTaskException -= Keep;

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    private void Keep(object? sender, UnobservedTaskExceptionEventArgs e)
    {
        lock (_exceptions)
        {
            _exceptions.Add(e.Exception);
        }
    }
}
