using S2nTls.Engine;
using S2nTls.Transport;

namespace S2nTls;

/// <summary>New keys for a connection that goes on (RFC 8446 §4.6.3). s2n makes some by itself too, long before a cipher's limit.</summary>
public partial class S2nStream
{
    /// <summary>
    /// How many KeyUpdate messages this side has sent and received, each modulo 256
    /// (<c>s2n_connection_get_key_update_counts</c>).
    /// </summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    public S2nKeyUpdateCounts KeyUpdateCounts => Authenticated().KeyUpdateCounts;

    /// <summary>
    /// Tells the peer that this side goes on with new keys, and does (<c>s2n_connection_request_key_update</c>). The
    /// peer's keys stay: s2n does not ask for that. Reads and writes go on around it; this waits for its turn after a write.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait. The message is sent all the same, or with the next write.</param>
    /// <exception cref="NotSupportedException">The connection is of TLS 1.2, which has no such message.</exception>
    /// <exception cref="InvalidOperationException">The stream is not authenticated, or its write side is closed.</exception>
    /// <inheritdoc cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)" path="/exception[@cref='T:System.IO.IOException' or @cref='T:S2nTls.S2nException' or @cref='T:System.ObjectDisposedException']"/>
    public Task RequestKeyUpdateAsync(CancellationToken cancellationToken = default)
    {
        TlsConnection connection = Authenticated();
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled(cancellationToken)
            : RequestKeyUpdateAsync<NonBlocking>(connection, cancellationToken);
    }

    /// <inheritdoc cref="RequestKeyUpdateAsync(CancellationToken)"/>
    public void RequestKeyUpdate() => RequestKeyUpdateAsync<Blocking>(Authenticated(), CancellationToken.None).GetAwaiter().GetResult();

    private async Task RequestKeyUpdateAsync<TMode>(TlsConnection connection, CancellationToken cancellationToken)
        where TMode : IInputOutputMode
    {
        _writeTurn.BeginKeyUpdate();
        try
        {
            await SendAsync<TMode, KeyUpdate>(connection, default, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writeTurn.EndKeyUpdate();
        }
    }
}
