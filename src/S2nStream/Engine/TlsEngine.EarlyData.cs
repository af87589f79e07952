using System.Buffers;
using System.Runtime.InteropServices;
using S2nTls.Context;
using S2nTls.EarlyData;
using S2nTls.Engine.Handshake;
using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>Data in the handshake (0-RTT, RFC 8446 §2.3): a client's first, and what a server takes of it. docs/early-data.md has the states.</summary>
internal sealed unsafe partial class TlsEngine
{
    private const int MaxTicketContext = 1024;

    /// <summary>A client's, until it is sent.</summary>
    private ReadOnlyMemory<byte> _earlyPlaintext;

    /// <summary>Where a server puts it, until there is no more.</summary>
    private EarlyDataBuffer? _receivesEarlyData;

    /// <summary>The function that s2n asks about every offer; it is set on the config, once.</summary>
    internal static delegate* unmanaged<nint, nint, int> EarlyDataCallback => &OnEarlyDataOffered;

    /// <summary>What has become of early data. To be asked after the handshake.</summary>
    internal EarlyDataStatus EarlyDataStatus
    {
        get
        {
            S2nError.ThrowIf(S2n.s2n_connection_get_early_data_status(_connection, out NativeEarlyDataStatus status) != S2n.Success);
            return status switch
            {
                NativeEarlyDataStatus.End => EarlyDataStatus.Accepted,
                NativeEarlyDataStatus.Rejected => EarlyDataStatus.Rejected,
                _ => EarlyDataStatus.NotOffered,
            };
        }
    }

    /// <summary>Goes on with a handshake that waits for the answer.</summary>
    /// <param name="offer">s2n's, which lives as long as the connection.</param>
    /// <param name="accept">The answer.</param>
    internal void AnswerEarlyDataOffer(nint offer, bool accept)
    {
        _question = null;
        S2nError.ThrowIf(WithConnection(_ =>
            accept ? S2n.s2n_offered_early_data_accept(offer) : S2n.s2n_offered_early_data_reject(offer)) != S2n.Success);
    }

    private void UseEarlyData(HandshakePlan plan)
    {
        if (!_isServer)
        {
            _earlyPlaintext = Fits(plan.EarlyData) ? plan.EarlyData : default;
        }
        else if (plan.Context.EarlyDataGuard is { } guard)
        {
            _receivesEarlyData = plan.EarlyDataBuffer;
            ReadOnlySpan<byte> context = Ask(guard, static guard => guard.CreateTicketContext()).Span;
            if (context.Length > MaxTicketContext)
            {
                throw new InvalidOperationException($"The early data guard has put {context.Length} bytes into a ticket; {MaxTicketContext} are allowed.");
            }

            fixed (byte* bytes = context)
            {
                S2nError.ThrowIf(S2n.s2n_connection_set_server_early_data_context(_connection, bytes, (ushort)context.Length) != S2n.Success);
            }
        }
    }

    /// <summary>All or nothing, so that a caller never has to find out where to go on.</summary>
    private bool Fits(ReadOnlyMemory<byte> earlyData)
    {
        if (earlyData.IsEmpty)
        {
            return false;
        }

        S2nError.ThrowIf(S2n.s2n_connection_get_max_early_data_size(_connection, out uint most) != S2n.Success);
        return earlyData.Length <= most;
    }

    /// <summary>Sends the client's hello and the early data, if s2n offers any. All of it goes at once: the outbound buffer never blocks.</summary>
    private void SendEarlyData()
    {
        ReadOnlyMemory<byte> data = _earlyPlaintext;
        _earlyPlaintext = default;
        ReserveFor(data.Length);
        fixed (byte* bytes = data.Span)
        {
            bool isDone = S2n.s2n_send_early_data(_connection, bytes, data.Length, out _, out _) == S2n.Success;
            if (!isDone && LastError() is { Type: not S2nErrorType.Blocked } error)
            {
                throw FailHandshake(error);
            }
        }
    }

    /// <summary>Goes as far with a server's handshake as early data takes it.</summary>
    /// <returns>Null when there is no more early data, and the handshake goes on.</returns>
    private EngineStatus? ReceiveEarlyData(EarlyDataBuffer destination)
    {
        byte[] room = ArrayPool<byte>.Shared.Rent(MaxPlaintextPerRecord);
        try
        {
            while (true)
            {
                nint received;
                bool isDone;
                BlockedStatus blocked;
                fixed (byte* bytes = room)
                {
                    isDone = S2n.s2n_recv_early_data(_connection, bytes, room.Length, out received, out blocked) == S2n.Success;
                }

                S2nError error = isDone ? default : LastError();
                destination.Append(room.AsSpan(0, (int)received));
                if (isDone)
                {
                    _receivesEarlyData = null;
                    destination.End();
                    return null;
                }

                if (error.Type != S2nErrorType.Blocked)
                {
                    throw FailHandshake(error);
                }

                if (blocked != BlockedStatus.EarlyData) // then the room was full
                {
                    return Blocked(blocked);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room, clearArray: true);
        }
    }

    /// <returns>0, without an answer: s2n waits.</returns>
    [UnmanagedCallersOnly]
    private static int OnEarlyDataOffered(nint connection, nint offer)
    {
        TlsEngine? engine = null;
        try
        {
            engine = Of(connection);
            engine._question = new EarlyDataQuestion(
                engine, engine._plan!.Context.EarlyDataGuard!, engine.ReadEarlyDataOffer(connection, offer), offer);
            return S2n.Success;
        }
        catch (Exception e)
        {
            engine?._callbackException = e;
            return S2n.Failure;
        }
    }

    private EarlyDataOffer ReadEarlyDataOffer(nint connection, nint offer)
    {
        S2nError.ThrowIf(S2n.s2n_offered_early_data_get_context_length(offer, out ushort length) != S2n.Success);
        byte[] context = new byte[length];
        if (length > 0)
        {
            fixed (byte* bytes = context)
            {
                S2nError.ThrowIf(S2n.s2n_offered_early_data_get_context(offer, bytes, length) != S2n.Success);
            }
        }

        // s2n asks only where the first key was chosen (RFC 8446 §4.2.10), and when it has verified that one's binder.
        byte[] binder = ReadOfferedPreSharedKeys(connection).Binders[0].ToArray();
        return new EarlyDataOffer(ReadNegotiatedIdentity(connection), binder, context, _hasPreSharedKeys, ApplicationProtocol, ServerName);
    }
}
