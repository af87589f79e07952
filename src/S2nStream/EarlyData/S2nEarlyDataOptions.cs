namespace S2nTls;

/// <summary>
/// Makes a server accept early data (0-RTT, RFC 8446 §2.3) from clients that resume a session or use a pre-shared key that allows it. <b>It can be
/// replayed</b>: what it asks for may happen more than once, unless the guard prevents it, and it is not forward secret. Read docs/early-data.md
/// first.
/// </summary>
public sealed class S2nEarlyDataOptions
{
    /// <summary>Makes options with a guard.</summary>
    /// <param name="guard">Decides which offers are accepted.</param>
    /// <exception cref="ArgumentNullException"><paramref name="guard"/> is null.</exception>
    public S2nEarlyDataOptions(S2nEarlyDataGuard guard)
    {
        ArgumentNullException.ThrowIfNull(guard);
        Guard = guard;
    }

    /// <summary>Decides which offers are accepted.</summary>
    public S2nEarlyDataGuard Guard { get; }

    /// <summary>
    /// How many bytes of early data a ticket allows (<c>s2n_config_set_server_max_early_data_size</c>); a connection buffers up to that many until
    /// they are read. A client that sends more is refused. Default: 16 KiB, as in OpenSSL. At most 16 MiB.
    /// </summary>
    public int MaxSize { get; set; } = 16 * 1024;
}
