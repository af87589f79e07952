using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;

namespace S2nTls.AspNetCore.Handshakes;

/// <summary>
/// Shows the application the bytes of each client's hello before the handshake, which reads them again: what Kestrel does with
/// <c>TlsClientHelloBytesCallback</c>. They are the first record with its header (RFC 8446 §5.1), however TCP has cut it.
/// </summary>
/// <remarks>
/// Where there is no such record, Kestrel goes on without the callback, and leaves it to SslStream to find no hello. s2n may find one further on: where
/// warnings are ignored (<see cref="S2nContextOptions.IgnoreWarningAlerts"/>), behind those. So here such a connection ends: a client that the application
/// has not been shown is not served.
/// </remarks>
/// <param name="callback">The application's.</param>
internal sealed class ClientHelloScreening(Action<ConnectionContext, ReadOnlySequence<byte>> callback)
{
    private const int HeaderLength = 5;
    private const byte Handshake = 22;
    private const byte ClientHello = 1;

    /// <exception cref="AuthenticationException">The connection does not begin with a client's hello.</exception>
    /// <exception cref="Exception">The callback has thrown it; or the transport.</exception>
    internal async Task ShowAsync(ConnectionContext connection, CancellationToken cancellationToken)
    {
        PipeReader input = connection.Transport.Input;
        while (true)
        {
            ReadResult read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            SequencePosition examined = read.Buffer.Start; // so the handshake's first read has it all, and at once
            try
            {
                if (TryTakeRecord(read.Buffer, out ReadOnlySequence<byte> record))
                {
                    callback(connection, record);
                    return;
                }

                if (read.IsCompleted)
                {
                    return; // the handshake says what is missing
                }

                examined = read.Buffer.End;
            }
            finally
            {
                input.AdvanceTo(read.Buffer.Start, examined);
            }
        }
    }

    /// <returns>False where more is needed to tell.</returns>
    /// <exception cref="AuthenticationException">It is not a hello.</exception>
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
