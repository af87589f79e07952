using System.Buffers;
using S2nTls.Context;
using S2nTls.EarlyData;
using S2nTls.Interop;

namespace S2nTls.Engine.Handshake;

/// <summary>
/// Data in the handshake (0-RTT, RFC 8446 §2.3): a client sends it first, and a server accepts or rejects it. docs/early-data.md has the states.
/// </summary>
internal sealed class EarlyDataExchange
{
    private const int MaxTicketContext = 1024;

    private readonly TlsHandshake _handshake;

    /// <summary>Where a server puts it.</summary>
    private readonly EarlyDataBuffer? _destination;

    /// <summary>A client's early data, until it is sent.</summary>
    private ReadOnlyMemory<byte> _plaintext;

    private EarlyDataExchange(TlsHandshake handshake, ReadOnlyMemory<byte> plaintext, EarlyDataBuffer? destination)
    {
        _handshake = handshake;
        _plaintext = plaintext;
        _destination = destination;
    }

    private ConnectionHandle Handle => _handshake.Connection.Handle;

    /// <returns>Null if there is no early data.</returns>
    internal static EarlyDataExchange? For(TlsHandshake handshake, HandshakePlan plan)
    {
        if (!plan.Context.IsServer)
        {
            return Fits(handshake, plan.EarlyData) ? new EarlyDataExchange(handshake, plan.EarlyData, null) : null;
        }

        if (plan.Context.Settings.EarlyDataGuard is not { } guard)
        {
            return null;
        }

        ReadOnlySpan<byte> context = handshake.Connection.Ask(guard, static guard => guard.CreateTicketContext()).Span;
        if (context.Length > MaxTicketContext)
        {
            throw new InvalidOperationException($"The early data guard put {context.Length} bytes into a ticket; at most {MaxTicketContext} are allowed.");
        }

        S2nError.Check(S2n.s2n_connection_set_server_early_data_context(handshake.Connection.Handle, context, (ushort)context.Length));
        return plan.EarlyDataBuffer is { } destination ? new EarlyDataExchange(handshake, default, destination) : null;
    }

    /// <summary>Advances the handshake as far as early data goes.</summary>
    /// <returns>Whether there is no more of it, and the handshake continues.</returns>
    internal bool Advance(out BlockedStatus blocked)
    {
        blocked = BlockedStatus.NotBlocked;
        if (_destination is { } destination)
        {
            return Receive(destination, out blocked);
        }

        Send();
        return true;
    }

    /// <summary>All or nothing, so that a caller never has to find out where to continue.</summary>
    private static bool Fits(TlsHandshake handshake, ReadOnlyMemory<byte> plaintext)
    {
        if (plaintext.IsEmpty)
        {
            return false;
        }

        S2nError.Check(S2n.s2n_connection_get_max_early_data_size(handshake.Connection.Handle, out uint most));
        return plaintext.Length <= most;
    }

    /// <summary>Sends the ClientHello and the early data, if s2n offers any. All of it goes at once: the outbound buffer never blocks.</summary>
    private void Send()
    {
        ReadOnlyMemory<byte> plaintext = _plaintext;
        _plaintext = default;
        _handshake.Connection.ReserveFor(plaintext.Length);
        bool isDone = S2n.s2n_send_early_data(Handle, plaintext.Span, plaintext.Length, out _, out _) == S2n.Success;
        if (!isDone && _handshake.Connection.LastError() is { IsBlocked: false } error)
        {
            throw _handshake.Fail(error);
        }
    }

    private bool Receive(EarlyDataBuffer destination, out BlockedStatus blocked)
    {
        byte[] room = ArrayPool<byte>.Shared.Rent(TlsConnection.MaxPlaintextPerRecord);
        try
        {
            while (true)
            {
                bool isDone = S2n.s2n_recv_early_data(Handle, room, room.Length, out nint received, out blocked) == S2n.Success;
                S2nError error = isDone ? default : _handshake.Connection.LastError();
                destination.Append(room.AsSpan(0, (int)received));
                if (isDone)
                {
                    destination.End();
                    return true;
                }

                if (!error.IsBlocked)
                {
                    throw _handshake.Fail(error);
                }

                if (blocked != BlockedStatus.EarlyData) // then the room was full
                {
                    return false;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room, clearArray: true);
        }
    }
}
