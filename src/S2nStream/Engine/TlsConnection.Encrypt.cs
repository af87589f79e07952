using System.Buffers;
using S2nTls.Interop;

namespace S2nTls.Engine;

/// <content>Output: encrypting, and key updates.</content>
internal sealed partial class TlsConnection
{
    /// <summary>More than any record adds to its plaintext: header 5, content type 1, nonce or IV, tag or MAC and padding.</summary>
    private const int MaxRecordOverhead = 128;

    /// <summary>Encrypts all of <paramref name="plaintext"/>. Pass bounded slices: the outbound buffer grows as needed.</summary>
    /// <exception cref="S2nException">The connection is closed for writing or has failed.</exception>
    internal void Encrypt(ReadOnlySpan<byte> plaintext)
    {
        ThrowIfFaulted();
        ReserveFor(plaintext.Length);
        while (!plaintext.IsEmpty)
        {
            nint sent;
            lock (_buffers.Sending)
            {
                sent = S2n.s2n_send(_handle, plaintext, plaintext.Length, out _);
            }

            if (sent < 0)
            {
                throw FailWrite(LastError());
            }

            plaintext = plaintext[(int)sent..];
        }

        _buffers.NoteActivity();
    }

    /// <summary>
    /// Encrypts all of <paramref name="plaintext"/> as if it were one piece: small pieces share records. The same bounds as for a span apply.
    /// </summary>
    /// <inheritdoc cref="Encrypt(ReadOnlySpan{byte})" path="/exception"/>
    internal void Encrypt(ReadOnlySequence<byte> plaintext)
    {
        ThrowIfFaulted();
        ReserveFor(checked((int)plaintext.Length));
        using var pieces = new PinnedPieces();
        while (!plaintext.IsEmpty)
        {
            nint size = pieces.Take(plaintext);
            for (nint done = 0; done < size;)
            {
                nint sent;
                lock (_buffers.Sending)
                {
                    sent = pieces.Send(_handle, done);
                }

                if (sent < 0)
                {
                    throw FailWrite(LastError());
                }

                done += sent;
            }

            plaintext = plaintext.Slice(size);
        }

        _buffers.NoteActivity();
    }

    /// <summary>Appends a KeyUpdate (RFC 8446 §4.6.3); later data is encrypted with new keys.</summary>
    /// <exception cref="NotSupportedException">The connection is older than TLS 1.3.</exception>
    /// <exception cref="S2nException">The connection is closed for writing or has failed.</exception>
    internal void UpdateKeys()
    {
        ThrowIfFaulted();
        if (EndsBothSides)
        {
            throw new NotSupportedException("TLS 1.2 has no KeyUpdate: for new keys, open a new connection.");
        }

        bool isSent;
        lock (_buffers.Sending)
        {
            // s2n only notes the request, and sends the message before the next data; or with this call, which after the handshake does nothing
            // else.
            isSent = S2n.s2n_connection_request_key_update(_handle, 0) == S2n.Success && S2n.s2n_negotiate(_handle, out _) == S2n.Success;
        }

        if (!isSent)
        {
            throw FailWrite(LastError());
        }
    }

    /// <summary>Makes room at once for the ciphertext of this much plaintext, so that it is not copied as the buffer grows.</summary>
    internal void ReserveFor(int plaintext) =>
        _outbound.Reserve(plaintext + (((plaintext / MaxPlaintextPerRecord) + 1) * MaxRecordOverhead));
}
