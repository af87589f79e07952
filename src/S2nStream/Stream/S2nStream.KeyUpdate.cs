using S2nTls.Engine;
using S2nTls.Transport;

namespace S2nTls;

/// <content>New keys for an open connection (RFC 8446 §4.6.3). s2n also updates keys by itself, long before a cipher's limit.</content>
public partial class S2nStream
{
    /// <summary>
    /// How many KeyUpdate messages this side has sent and received, each modulo 256
    /// (<c>s2n_connection_get_key_update_counts</c>).
    /// </summary>
    /// <inheritdoc cref="IsSessionResumed" path="/exception"/>
    public S2nKeyUpdateCounts KeyUpdateCounts => Authenticated().KeyUpdateCounts;

    /// <summary>
    /// Tells the peer that this side switches to new keys, and does so (<c>s2n_connection_request_key_update</c>). The peer's keys stay: s2n does
    /// not request an update of those. Reads and writes may be in progress; this waits for a pending write.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait. The message is still sent, at the latest with the next write.</param>
    /// <exception cref="NotSupportedException">The connection uses TLS 1.2, which has no such message.</exception>
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
