namespace S2nTls.Tests.Behaviours;

/// <summary>Everything that needs an authenticated stream.</summary>
internal static class StageCalls
{
    public static Dictionary<string, Func<TlsEnd, Task>> Reads { get; } = new()
    {
        ["ReadAsync"] = e => e.Stream.ReadAsync(new byte[1]).AsTask(),
        ["ReadAsync(array)"] = e => e.Stream.ReadAsync(new byte[1], 0, 1, CancellationToken.None),
        ["ReadAsync(empty)"] = e => e.Stream.ReadAsync(Memory<byte>.Empty).AsTask(),
        ["Read(array)"] = e => Do(() => e.Stream.Read(new byte[1], 0, 1)),
        ["Read(span)"] = e => Do(() => e.Stream.Read(new byte[1].AsSpan())),
        ["ReadByte"] = e => Do(() => e.Stream.ReadByte()),
        ["ReadExactlyAsync"] = e => e.Stream.ReadExactlyAsync(new byte[1]).AsTask(),
        ["ReadAtLeast"] = e => Do(() => e.Stream.ReadAtLeast(new byte[1], 1)),
        ["BeginRead"] = e => Do(() => e.Stream.BeginRead(new byte[1], 0, 1, null, null)),
        ["EndRead"] = e => Do(() => e.Stream.EndRead(Task.FromResult(1))),
    };

    public static Dictionary<string, Func<TlsEnd, Task>> Writes { get; } = new()
    {
        ["WriteAsync"] = e => e.Stream.WriteAsync(new byte[1]).AsTask(),
        ["WriteAsync(array)"] = e => e.Stream.WriteAsync(new byte[1], 0, 1, CancellationToken.None),
        ["WriteAsync(empty)"] = e => e.Stream.WriteAsync(ReadOnlyMemory<byte>.Empty).AsTask(),
        ["Write(array)"] = e => Do(() => e.Stream.Write(new byte[1], 0, 1)),
        ["Write(span)"] = e => Do(() => e.Stream.Write(new byte[1].AsSpan())),
        ["Write(whole array)"] = e => Do(() => e.Write(new byte[1])),
        ["WriteByte"] = e => Do(() => e.Stream.WriteByte(1)),
        ["BeginWrite"] = e => Do(() => e.Stream.BeginWrite(new byte[1], 0, 1, null, null)),
        ["EndWrite"] = e => Do(() => e.Stream.EndWrite(Task.CompletedTask)),
        ["ShutdownAsync"] = e => e.ShutdownAsync(),
    };

    public static Dictionary<string, Func<TlsEnd, Task>> Questions { get; } = new()
    {
        ["SslProtocol"] = e => Do(() => _ = e.SslProtocol),
        ["NegotiatedCipherSuite"] = e => Do(() => _ = e.CipherSuite),
        ["NegotiatedApplicationProtocol"] = e => Do(() => _ = e.ApplicationProtocol),
        ["RemoteCertificate"] = e => Do(() => _ = e.RemoteCertificate),
        ["LocalCertificate"] = e => Do(() => _ = e.LocalCertificate),
    };

    /// <summary>Makes each call and fails with the list of those that did not throw this.</summary>
    public static async Task AllThrowAsync<T>(this Dictionary<string, Func<TlsEnd, Task>> calls, TlsEnd end, params string[] except)
    {
        List<string> others = [];
        foreach ((string name, Func<TlsEnd, Task> call) in calls.Where(pair => !except.Contains(pair.Key)))
        {
            Exception? thrown = await ThrownAsync(call, end);
            if (thrown is not T)
            {
                others.Add($"{name}: {thrown?.GetType().Name ?? "nothing"}");
            }
        }

        Assert.Empty(others);
    }

    public static async Task<Exception?> ThrownAsync(Func<TlsEnd, Task> call, TlsEnd end)
    {
        try
        {
            await call(end).WithDeadline();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
