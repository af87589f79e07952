namespace S2nTls.Testing;

/// <summary>Bounds every wait in a test, so that a hang is a failure that names the place.</summary>
public static class Deadline
{
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(30);

    public static Task WithDeadline(this Task task, TimeSpan? limit = null) => task.WaitAsync(limit ?? Default);

    public static Task<T> WithDeadline<T>(this Task<T> task, TimeSpan? limit = null) => task.WaitAsync(limit ?? Default);

    public static Task WithDeadline(this ValueTask task, TimeSpan? limit = null) => task.AsTask().WaitAsync(limit ?? Default);

    public static Task<T> WithDeadline<T>(this ValueTask<T> task, TimeSpan? limit = null) => task.AsTask().WaitAsync(limit ?? Default);

    /// <summary>Runs something blocking on a thread of its own and waits for it within the limit.</summary>
    public static Task Run(Action blocking) =>
        Task.Factory.StartNew(blocking, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WithDeadline();
}
