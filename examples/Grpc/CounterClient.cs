using Examples.Counting;
using Grpc.Core;
using Grpc.Net.Client;
using S2nTls;

namespace Examples;

/// <summary>Makes a call of each kind, says what has come back, and checks it.</summary>
internal static class CounterClient
{
    private static readonly long[] s_numbers = [3, 4, 5];

    public static async Task RunAsync(Uri url, S2nContext context, CancellationToken stop)
    {
        #region snippet grpc-client
        using var handler = new S2nHttpHandler(context)
        {
            Connected = (_, tls) => Console.WriteLine($"Connected: {Negotiated.Describe(tls, "server")}"),
        };
        using GrpcChannel channel = GrpcChannel.ForAddress(url, new GrpcChannelOptions { HttpHandler = handler });
        var counter = new Counter.CounterClient(channel);
        #endregion
        try
        {
            await DescribeAsync(counter, stop);
            await CountAsync(counter, stop);
            await SumAsync(counter, stop);
            await SumUpAsync(counter, stop);
        }
        catch (RpcException e) when (e.Status.DebugException?.InnerException is { } cause) // of the HttpRequestException
        {
            throw new IOException($"{url.Authority}: {ErrorText.Of(cause)}", e);
        }
    }

    private static async Task DescribeAsync(Counter.CounterClient counter, CancellationToken stop)
    {
        Connection seen = await counter.DescribeAsync(new DescribeRequest(), cancellationToken: stop);
        Console.WriteLine(
            $"Unary: the server says {seen.Http}, {seen.Tls}, {seen.CipherSuite}, {seen.KeyExchangeGroup}, {(seen.IsSessionResumed ? "resumed" : "new session")}");
    }

    private static async Task CountAsync(Counter.CounterClient counter, CancellationToken stop)
    {
        using AsyncServerStreamingCall<Number> call = counter.CountTo(new Number { Value = 5 }, cancellationToken: stop);
        var counted = new List<long>();
        await foreach (Number number in call.ResponseStream.ReadAllAsync(stop))
        {
            counted.Add(number.Value);
        }

        Say("Server streaming", "the count is", counted, expected: [1, 2, 3, 4, 5]);
    }

    private static async Task SumAsync(Counter.CounterClient counter, CancellationToken stop)
    {
        using AsyncClientStreamingCall<Number, Number> call = counter.Sum(cancellationToken: stop);
        foreach (long number in s_numbers)
        {
            await call.RequestStream.WriteAsync(new Number { Value = number }, stop);
        }

        await call.RequestStream.CompleteAsync();
        Say("Client streaming", "the sum is", [(await call).Value], expected: [12]);
    }

    private static async Task SumUpAsync(Counter.CounterClient counter, CancellationToken stop)
    {
        using AsyncDuplexStreamingCall<Number, Number> call = counter.SumUp(cancellationToken: stop);
        var sums = new List<long>();
        foreach (long number in s_numbers)
        {
            await call.RequestStream.WriteAsync(new Number { Value = number }, stop);
            await call.ResponseStream.MoveNext(stop); // the answer is here before the next number is sent
            sums.Add(call.ResponseStream.Current.Value);
        }

        await call.RequestStream.CompleteAsync();
        await call.ResponseStream.MoveNext(stop); // the end, with the call's status: one that is disposed before counts as cancelled
        Say("Bidirectional", "the sums are", sums, expected: [3, 7, 12]);
    }

    private static void Say(string kind, string what, IReadOnlyCollection<long> received, long[] expected)
    {
        Console.WriteLine($"{kind}: {what} {string.Join(' ', received)}");
        if (!received.SequenceEqual(expected))
        {
            throw new InvalidDataException($"{kind}: expected was {string.Join(' ', expected)}.");
        }
    }
}
