namespace S2nTls.Testing;

/// <summary>Data on its way from one end to another, which must come out as it went in. Failures name the seed.</summary>
public static class Crossing
{
    public const int SixtyFourMiB = 64 * 1024 * 1024;

    /// <summary>Writes pseudo-random data, ends it, and reads at the other end until the end of data: nothing may be missing, changed or added.</summary>
    /// <param name="size">How many bytes.</param>
    /// <param name="from">Where they are written.</param>
    /// <param name="end">Says, after them, that there are no more.</param>
    /// <param name="to">Where they are read.</param>
    public static Task CheckAsync(long size, Stream from, Func<Task> end, Stream to)
    {
        var data = new RandomData(size);
        return CheckAsync(data, SendAsync(), Digest.ReadAsync(to));

        async Task<Digest> SendAsync()
        {
            Digest sent = await data.WriteToAsync(from);
            await end();
            return sent;
        }
    }

    /// <summary>Writes lines to a peer that sends every line back, and reads them. The connection stays open.</summary>
    public static Task CheckEchoAsync(long size, Stream stream)
    {
        var data = new RandomData(size, asLines: true);
        return CheckAsync(data, data.WriteToAsync(stream), Digest.ReadAsync(stream, limit: size));
    }

    /// <summary>Reads what a peer sends by itself, until the end of data: it must be what it was given before.</summary>
    public static Task CheckArrivalAsync(RandomData data, Digest given, Stream to) =>
        CheckAsync(data, Task.FromResult(given), Digest.ReadAsync(to));

    private static async Task CheckAsync(RandomData data, Task<Digest> send, Task<Digest> receive)
    {
        try
        {
            await BothAsync(send, receive).WithDeadline(LimitFor(data.Length));
            Digest sent = await send;
            Digest received = await receive;
            if (received != sent)
            {
                throw new InvalidDataException($"sent was {sent}, received {received}.");
            }
        }
        catch (Exception e)
        {
            throw new InvalidDataException($"{data} did not cross: {e.Message}", e);
        }
    }

    /// <summary>Waits for both, but not for one that waits for ever because the other has failed.</summary>
    private static async Task BothAsync(Task send, Task receive)
    {
        await await Task.WhenAny(send, receive);
        await Task.WhenAll(send, receive);
    }

    private static TimeSpan LimitFor(long size) => size < SixtyFourMiB ? Deadline.Default : TimeSpan.FromMinutes(3);
}
