using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;

namespace S2nTls.AspNetCore.Handshakes;

/// <summary>
/// Passes the bytes of each ClientHello to the application before the handshake, which reads them again: what Kestrel does with
/// <c>TlsClientHelloBytesCallback</c>. They are the first record with its header (RFC 8446 §5.1), however TCP splits it.
/// </summary>
/// <remarks>
/// If there is no such record, Kestrel continues without the callback, and leaves it to SslStream to find no ClientHello. s2n may find one further
/// on: after warnings, if those are ignored (<see cref="S2nContextOptions.IgnoreWarningAlerts"/>). So such a connection ends here: a client that
/// the application has not been shown is not served.
/// </remarks>
/// <param name="callback">The application's callback.</param>
internal sealed class ClientHelloScreening(Action<ConnectionContext, ReadOnlySequence<byte>> callback)
{
    private const int HeaderLength = 5;
    private const byte Handshake = 22;
    private const byte ClientHello = 1;

    /// <exception cref="AuthenticationException">The connection does not begin with a ClientHello.</exception>
    /// <exception cref="Exception">The callback or the transport threw it.</exception>
    internal async Task ShowAsync(ConnectionContext connection, CancellationToken cancellationToken)
    {
        PipeReader input = connection.Transport.Input;
        while (true)
        {
            ReadResult read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            SequencePosition examined = read.Buffer.Start; // so that the handshake's first read gets all of it at once
            try
            {
                if (TryTakeRecord(read.Buffer, out ReadOnlySequence<byte> record))
                {
                    callback(connection, record);
                    return;
                }

                if (read.IsCompleted)
                {
                    return; // the handshake will report what is missing
                }

                examined = read.Buffer.End;
            }
            finally
            {
                input.AdvanceTo(read.Buffer.Start, examined);
            }
        }
    }

    /// <returns>False if more data is needed.</returns>
    /// <exception cref="AuthenticationException">It is not a ClientHello.</exception>
    private static bool TryTakeRecord(ReadOnlySequence<byte> received, out ReadOnlySequence<byte> record)
    {
        record = default;
        Span<byte> start = stackalloc byte[HeaderLength + 1];
        if (received.Length < start.Length)
        {
            return false;
        }

        received.Slice(0, start.Length).CopyTo(start);
        ushort version = BinaryPrimitives.ReadUInt16BigEndian(start[1..]);
        ushort length = BinaryPrimitives.ReadUInt16BigEndian(start[3..]);
        if (start[0] != Handshake || version is < 0x0300 or > 0x0304 || length == 0 || start[HeaderLength] != ClientHello)
        {
            throw new AuthenticationException("The connection does not begin with a ClientHello, so there is none to pass to TlsClientHelloBytesCallback.");
        }

        if (received.Length < HeaderLength + length)
        {
            return false;
        }

        record = received.Slice(0, HeaderLength + length);
        return true;
    }
}
