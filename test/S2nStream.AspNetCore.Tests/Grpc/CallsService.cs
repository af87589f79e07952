using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace S2nTls.AspNetCore.Tests.Grpc;

/// <summary>The service of calls.proto.</summary>
internal sealed class CallsService(CallsService.Witness witness) : Calls.CallsBase
{
    /// <summary>A trailer whose value is bytes.</summary>
    public const string BinaryTrailer = "reason-bin";

    public override Task<Message> Echo(Message request, ServerCallContext context)
    {
        HttpContext http = context.GetHttpContext();
        witness.Connections.TryAdd(http.Connection.Id, http.Features.Get<IS2nConnectionFeature>() is not null);
        foreach (Metadata.Entry sent in context.RequestHeaders.Where(entry => entry.Key.StartsWith("echo-", StringComparison.Ordinal)))
        {
            context.ResponseTrailers.Add(sent);
        }

        return Task.FromResult(request);
    }

    public override async Task Repeat(Message request, IServerStreamWriter<Message> responseStream, ServerCallContext context)
    {
        for (int i = 0; i < request.Number; i++)
        {
            await responseStream.WriteAsync(new Message { Number = i, Data = request.Data });
        }
    }

    public override async Task<Message> Collect(IAsyncStreamReader<Message> requestStream, ServerCallContext context)
    {
        int sum = 0;
        using var data = new MemoryStream();
        await foreach (Message message in requestStream.ReadAllAsync())
        {
            sum += message.Number;
            data.Write(message.Data.Span);
        }

        return new Message { Number = sum, Data = ByteString.CopyFrom(data.ToArray()) };
    }

    public override async Task Converse(IAsyncStreamReader<Message> requestStream, IServerStreamWriter<Message> responseStream, ServerCallContext context)
    {
        await foreach (Message message in requestStream.ReadAllAsync())
        {
            await responseStream.WriteAsync(message);
        }
    }

    public override async Task Fail(Message request, IServerStreamWriter<Message> responseStream, ServerCallContext context)
    {
        for (int i = 0; i < request.Number; i++)
        {
            await responseStream.WriteAsync(new Message { Number = i });
        }

        throw new RpcException(new Status(StatusCode.FailedPrecondition, "nothing like it: ä€"), new Metadata { { BinaryTrailer, new byte[] { 0, 255, 7 } }, { "attempt", "1" } });
    }

    public override async Task Hang(Message request, IServerStreamWriter<Message> responseStream, ServerCallContext context)
    {
        await responseStream.WriteAsync(request);
        try
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            witness.Cancelled.TrySetResult(context.Deadline);
            throw;
        }
    }

    /// <summary>What the service has seen.</summary>
    internal sealed class Witness
    {
        /// <summary>The connections of <see cref="Echo"/>, and whether each was s2n's.</summary>
        public ConcurrentDictionary<string, bool> Connections { get; } = new();

        /// <summary>That a call of <see cref="Hang"/> was cancelled, and its deadline.</summary>
        public TaskCompletionSource<DateTime> Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
