using System.Buffers;
using System.IO.Pipelines;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using S2nTls.AspNetCore.Pipes;

namespace S2nTls.AspNetCore.Handshakes;

/// <summary>
/// Performs the handshake on each connection of an endpoint, and passes the plaintext instead of the transport to the next middleware. The
/// transport stays the server's: the server closes it when this returns.
/// </summary>
internal sealed class S2nConnectionMiddleware(
    ConnectionDelegate next, IHandshake handshake, TimeSpan handshakeTimeout, ClientHelloScreening? screening, ILogger logger, HandshakeMetrics? metrics)
{
    private readonly HandshakeTimeouts _timeouts = new(handshakeTimeout);

    internal Task OnConnectionAsync(ConnectionContext connection) =>
        connection.Features.Get<ITlsConnectionFeature>() is null
            ? SecureAsync(connection)
            : next(connection); // already secured by another middleware

    private async Task SecureAsync(ConnectionContext connection)
    {
        IDuplexPipe transport = connection.Transport;
        var stream = new S2nStream(transport, leaveTransportOpen: true);
        await using (stream.ConfigureAwait(false))
        {
            if (await AuthenticateAsync(connection, stream).ConfigureAwait(false))
            {
                await ServeAsync(connection, stream, transport).ConfigureAwait(false);
            }

            await AnswerErrorAsync(connection, stream).ConfigureAwait(false);
        }
    }

    /// <returns>Whether the handshake succeeded.</returns>
    private async Task<bool> AuthenticateAsync(ConnectionContext connection, S2nStream stream)
    {
        HandshakeTiming timing = metrics?.Start(connection) ?? default;
        HandshakeEvents.Start(connection.ConnectionId);
        CancellationTokenSource timeout = _timeouts.Start();
        Exception? failure = null;
        try
        {
            if (screening is not null)
            {
                await screening.ShowAsync(connection, timeout.Token).ConfigureAwait(false);
            }

            await handshake.PerformAsync(stream, connection, timeout.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            failure = e;
            HandshakeLog.AuthenticationTimedOut(logger);
            return false;
        }
        catch (Exception e) when (IsOfHandshake(e))
        {
            failure = e;
            HandshakeLog.AuthenticationFailed(logger, e);
            return false;
        }
        catch (Exception e) // from an application callback: the server logs it and adds its name to the connection's tags
        {
            failure = e;
            throw;
        }
        finally
        {
            _timeouts.End(timeout, handshake.ShowsToken);
            SslProtocols protocol = failure is null ? stream.SslProtocol : SslProtocols.None;
            if (failure is null)
            {
                HandshakeEvents.Stop(connection.ConnectionId, stream);
            }
            else
            {
                HandshakeEvents.Fail(connection.ConnectionId);
            }

            metrics?.Stop(connection, timing, protocol, failure);
            if (connection.Features.Get<IConnectionMetricsTagsFeature>() is { } tagged)
            {
                HandshakeMetrics.TagConnection(tagged.Tags, protocol, failed: failure is not null && IsOfHandshake(failure));
            }
        }
    }

    private static bool IsOfHandshake(Exception e) => e is AuthenticationException or IOException or OperationCanceledException;

    private async Task ServeAsync(ConnectionContext connection, S2nStream stream, IDuplexPipe transport)
    {
        var feature = new S2nConnectionFeature(stream);
        connection.Features.Set<ITlsConnectionFeature>(feature);
        connection.Features.Set<ITlsHandshakeFeature>(feature);
        connection.Features.Set<ITlsApplicationProtocolFeature>(feature);
        connection.Features.Set<IS2nConnectionFeature>(feature);
        HandshakeLog.HttpsConnectionEstablished(logger, connection.ConnectionId, feature.Protocol);

        var plaintext = new S2nDuplexPipe(
            stream, transport, connection.Features.Get<IMemoryPoolFeature>()?.MemoryPool ?? MemoryPool<byte>.Shared);
        connection.Transport = plaintext;
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            connection.Transport = transport;
            await plaintext.CompleteAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// After an error that s2n blinds, neither the alert nor the transport's end may reach the peer before the delay: waits until then, or until
    /// the peer has gone or the server stops.
    /// </summary>
    private static async Task AnswerErrorAsync(ConnectionContext connection, S2nStream stream)
    {
        Task answered = stream.ErrorAnswered;
        if (answered.IsCompleted)
        {
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            connection.ConnectionClosed,
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None);
        await answered.WaitAsync(end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
