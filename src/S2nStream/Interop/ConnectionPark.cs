namespace S2nTls.Interop;

/// <summary>
/// Finished connections, wiped (<c>s2n_connection_wipe</c>) and kept for reuse: making and freeing one takes some 40 allocations, 5 % of the CPU
/// time of both ends of a full handshake.
/// </summary>
/// <remarks>
/// Ownership: a parked connection is in no handle, and a handle that takes it is its only owner. Nothing of its past is left: s2n clears the keys,
/// zeroes the structure, and drops callbacks and contexts. It would keep its config, and confuse it with another config at the same address; so a
/// connection is parked with a config that is never freed, and verifies nothing: the next user must set one. Bounded: each holds about 25 KiB.
/// Callable from any thread, including finalizers: no locks, no allocation.
/// </remarks>
internal static class ConnectionPark
{
    /// <summary>The limit for each side. More are freed: connections of a burst are not worth keeping.</summary>
    private const int Most = 16;

    private static readonly nint[] s_clients = new nint[Most];
    private static readonly nint[] s_servers = new nint[Most];
    private static readonly ConfigHandle s_config = CreateConfig();

    /// <returns>A connection in its initial state; 0 if there is none.</returns>
    internal static nint Take(Mode mode)
    {
        foreach (ref nint place in Places(mode).AsSpan())
        {
            if (Volatile.Read(ref place) != 0 && Interlocked.Exchange(ref place, 0) is var connection and not 0)
            {
                return connection;
            }
        }

        return 0;
    }

    /// <summary>Parks a connection that is no longer used, or frees it.</summary>
    /// <returns>Whether s2n could do either.</returns>
    internal static bool ParkOrFree(Mode mode, nint connection)
    {
        if (HasRoom(mode) && S2n.s2n_connection_set_config(connection, s_config) == S2n.Success && S2n.s2n_connection_wipe(connection) == S2n.Success)
        {
            foreach (ref nint place in Places(mode).AsSpan())
            {
                if (Interlocked.CompareExchange(ref place, connection, 0) == 0)
                {
                    return true;
                }
            }
        }

        return S2n.s2n_connection_free(connection) == S2n.Success;
    }

    /// <summary>Frees the parked connections.</summary>
    internal static void Clear()
    {
        foreach (Mode mode in (Mode[])[Mode.Client, Mode.Server])
        {
            while (Take(mode) is var connection and not 0)
            {
                _ = S2n.s2n_connection_free(connection);
            }
        }
    }

    private static bool HasRoom(Mode mode) => Places(mode).AsSpan().Contains(0);

    private static nint[] Places(Mode mode) => mode == Mode.Client ? s_clients : s_servers;

    private static ConfigHandle CreateConfig()
    {
        ConfigHandle config = ConfigHandle.Create();
        S2nError.Check(S2n.s2n_config_disable_x509_verification(config));
        return config;
    }
}
