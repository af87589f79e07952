namespace S2nTls.Testing;

/// <summary>Waits for what happens at a time of its own.</summary>
public static class Eventually
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    /// <exception cref="TimeoutException">The condition did not come true within <see cref="Deadline.Default"/>.</exception>
    public static Task TrueAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));

    /// <exception cref="TimeoutException">The condition did not come true within <see cref="Deadline.Default"/>.</exception>
    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        long start = Environment.TickCount64;
        while (!await condition().ConfigureAwait(false))
        {
            if (Environment.TickCount64 - start > Deadline.Default.TotalMilliseconds)
            {
                throw new TimeoutException($"It has not come true within {Deadline.Default}.");
            }

            await Task.Delay(s_pause).ConfigureAwait(false);
        }
    }
}
