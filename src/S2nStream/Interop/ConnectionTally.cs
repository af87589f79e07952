using System.Security.Authentication;
using S2nTls.Telemetry;

namespace S2nTls.Interop;

/// <summary>What the process's totals know of a connection already.</summary>
internal struct ConnectionTally
{
    private long _received;
    private long _sent;
    private int _ticketsIssued;
    private byte _place;

    /// <summary>Whether it is in the totals at all: a connection without a peer is not.</summary>
    internal bool IsTold { get; set; }

    /// <summary>Counts the connection as open. The caller holds it.</summary>
    internal void Enter(bool isServer, SslProtocols protocol) => _place = OpenConnections.Enter(isServer, protocol);

    /// <summary>The connection is about to be freed. Called by finalizers too.</summary>
    internal void Leave(nint connection, bool isServer)
    {
        TellTraffic(connection, isServer);
        OpenConnections.Leave(_place);
    }

    /// <summary>Adds what is new. The caller holds the connection; another thread may be using it, or doing the same.</summary>
    internal void TellTraffic(nint connection, bool isServer)
    {
        if (!IsTold)
        {
            return;
        }

        long received = Advance(ref _received, (long)S2n.s2n_connection_get_wire_bytes_in(connection));
        long sent = Advance(ref _sent, (long)S2n.s2n_connection_get_wire_bytes_out(connection));
        int tickets = isServer && S2n.s2n_connection_get_tickets_sent(connection, out ushort count) == S2n.Success
            ? Advance(ref _ticketsIssued, count)
            : 0;
        WireTraffic.Add(isServer, received, sent, tickets);
    }

    /// <returns>By how much the known number has grown: none of it is returned twice.</returns>
    private static long Advance(ref long known, long now)
    {
        while (true)
        {
            long before = Volatile.Read(ref known);
            if (now <= before)
            {
                return 0;
            }

            if (Interlocked.CompareExchange(ref known, now, before) == before)
            {
                return now - before;
            }
        }
    }

    /// <inheritdoc cref="Advance(ref long, long)"/>
    private static int Advance(ref int known, int now)
    {
        while (true)
        {
            int before = Volatile.Read(ref known);
            if (now <= before)
            {
                return 0;
            }

            if (Interlocked.CompareExchange(ref known, now, before) == before)
            {
                return now - before;
            }
        }
    }
}
