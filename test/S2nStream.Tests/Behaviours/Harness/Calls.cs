using System.Text;
using S2nTls.Transport;

namespace S2nTls.Tests.Behaviours;

/// <summary>Small things that behaviours do all the time.</summary>
internal static class Calls
{
    public static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    /// <summary>Sends and waits until it is handed down: then the other end finds it there.</summary>
    public static Task SendAsync(this Stream stream, string text) => stream.WriteAsync(Bytes(text)).WithDeadline();

    /// <summary>Reads exactly this text and fails where something else comes.</summary>
    public static async Task ExpectAsync(this Stream stream, string text)
    {
        byte[] buffer = new byte[text.Length];
        await stream.ReadExactlyAsync(buffer).WithDeadline();
        Assert.Equal(text, Encoding.ASCII.GetString(buffer));
    }

    /// <summary>Shows that both directions work.</summary>
    public static async Task ExpectAliveAsync(this Connection tls)
    {
        await tls.Subject.SendAsync("ping");
        await tls.Peer.ExpectAsync("ping");
        await tls.Peer.SendAsync("pong");
        await tls.Subject.ExpectAsync("pong");
    }

    /// <summary>Waits for what an asynchronous call throws, whether at once or in its task. A hang is no failure of the call but of the test.</summary>
    public static async Task<T> FailsAsync<T>(Func<Task> call)
        where T : Exception
    {
        Exception? thrown = await Record.ExceptionAsync(() => call().WithDeadline());
        Assert.False(thrown is TimeoutException, "It hangs.");
        return Assert.IsAssignableFrom<T>(thrown);
    }

    /// <summary>Waits until something is over, well or not.</summary>
    public static async Task EndsAsync(Task task)
    {
        Exception? thrown = await Record.ExceptionAsync(() => task.WithDeadline());
        Assert.False(thrown is TimeoutException, "It hangs.");
    }

    /// <summary>A call that blocks, on a thread of its own.</summary>
    public static Task<T> Blocking<T>(Func<T> call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <inheritdoc cref="Blocking{T}(Func{T})"/>
    public static Task Blocking(Action call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Reproducible data whose position can be told from its content.</summary>
    public static byte[] Pattern(int length)
    {
        byte[] data = new byte[length];
        for (int i = 0; i < length; i++)
        {
            data[i] = (byte)(i ^ (i >> 8) ^ (i >> 16));
        }

        return data;
    }
}
