using Examples.Counting;
using Grpc.Core;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using S2nTls.AspNetCore;

namespace Examples;

/// <summary>Answers the calls of counting.proto. Only <see cref="Describe"/> knows that there is TLS.</summary>
internal sealed class CounterService : Counter.CounterBase
{
    #region snippet grpc-service
    public override Task<Connection> Describe(DescribeRequest request, ServerCallContext context)
    {
        HttpContext http = context.GetHttpContext();
        ITlsHandshakeFeature handshake = http.Features.GetRequiredFeature<ITlsHandshakeFeature>();
        IS2nConnectionFeature s2n = http.Features.GetRequiredFeature<IS2nConnectionFeature>();
        return Task.FromResult(new Connection
        {
            Http = http.Request.Protocol,
            Tls = handshake.Protocol.ToString(),
            CipherSuite = $"{handshake.NegotiatedCipherSuite}",
            KeyExchangeGroup = s2n.KeyExchangeGroup.ToString(),
            IsSessionResumed = s2n.IsSessionResumed,
        });
    }
    #endregion

    public override async Task CountTo(Number request, IServerStreamWriter<Number> responseStream, ServerCallContext context)
    {
        for (long i = 1; i <= request.Value; i++)
        {
            await responseStream.WriteAsync(new Number { Value = i }, context.CancellationToken);
        }
    }

    public override async Task<Number> Sum(IAsyncStreamReader<Number> requestStream, ServerCallContext context)
    {
        var sum = new Number();
        await foreach (Number number in requestStream.ReadAllAsync(context.CancellationToken))
        {
            sum.Value += number.Value;
        }

        return sum;
    }

    public override async Task SumUp(IAsyncStreamReader<Number> requestStream, IServerStreamWriter<Number> responseStream, ServerCallContext context)
    {
        var sum = new Number();
        await foreach (Number number in requestStream.ReadAllAsync(context.CancellationToken))
        {
            sum.Value += number.Value;
            await responseStream.WriteAsync(sum, context.CancellationToken);
        }
    }
}
