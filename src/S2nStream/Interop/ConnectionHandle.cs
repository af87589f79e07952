using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Text;
using S2nTls.Telemetry;

namespace S2nTls.Interop;

/// <summary>
/// An <c>s2n_connection</c>. s2n does not count the configs that a connection uses, so this handle holds a count on each; a context may be
/// disposed while its connections live on. Released connections go to <see cref="ConnectionPark"/>, and new ones may come from there.
/// </summary>
/// <remarks>
/// The connection passes a pointer to its callbacks (<see cref="Callbacks"/>): a weak GC handle on the owner. It is weak so that an undisposed
/// stream can still be collected, and it is freed only after the connection, which is freed only when no call on it is running. While a call runs,
/// its caller keeps the owner alive.
/// </remarks>
internal sealed class ConnectionHandle : SafeHandle
{
    private readonly List<ConfigHandle> _configs = new(1);
    private List<RevocationListHandle>? _revocationLists;
    private GCHandle _owner;
    private Mode _mode;
    private ConnectionTally _tally;

    public ConnectionHandle() : base(invalidHandleValue: 0, ownsHandle: true) { }

    public override bool IsInvalid => handle == 0;

    private bool IsServer => _mode == Mode.Server;

    /// <summary>The context that callbacks receive: <see cref="OwnerOf"/> converts it back to the owner.</summary>
    private nint CallbackContext => GCHandle.ToIntPtr(_owner);

    /// <summary>Makes a connection whose owner moves its ciphertext, and performs the waits of blinded errors (<c>S2N_SELF_SERVICE_BLINDING</c>).</summary>
    /// <param name="mode">Client or server.</param>
    /// <param name="config">The connection holds a count on it.</param>
    /// <param name="owner">Null if other callbacks are set instead of its own.</param>
    internal static ConnectionHandle Create(Mode mode, ConfigHandle config, ConnectionOwner? owner)
    {
        var connection = new ConnectionHandle();
        connection._mode = mode;
        connection.SetHandle(ConnectionPark.Take(mode) is var parked and not 0 ? parked : S2nError.CheckCreated(S2n.s2n_connection_new(mode)));
        try
        {
            connection._owner = GCHandle.Alloc(owner, GCHandleType.Weak);
            connection._tally.IsTold = owner is not null;
            connection.UseConfig(config);
            connection.InstallCallbacks();

            // s2n's built-in blinding would put the thread to sleep for up to 30 seconds.
            S2nError.Check(S2n.s2n_connection_set_blinding(connection, Blinding.SelfService));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Sets the connection's config, or another one in the middle of a handshake: what it uses from the first stays alive too.</summary>
    internal void UseConfig(ConfigHandle config)
    {
        // Another thread may dispose now: what is freed with the connection must not be changed at the same time.
        bool held = false;
        DangerousAddRef(ref held);
        try
        {
            bool counted = false;
            config.DangerousAddRef(ref counted);
            _configs.Add(config);
            S2nError.Check(S2n.s2n_connection_set_config(this, config));
        }
        finally
        {
            DangerousRelease();
        }
    }

    /// <summary>Keeps a list of revoked certificates alive for as long as the connection. The caller holds a count on the connection.</summary>
    internal void Keep(RevocationListHandle list)
    {
        bool counted = false;
        list.DangerousAddRef(ref counted);
        (_revocationLists ??= []).Add(list);
    }

    /// <summary>Counts the connection as open until it is freed.</summary>
    internal void CountAsOpen(SslProtocols protocol) => Use((this, protocol), static (_, open) =>
    {
        open.Item1._tally.Enter(open.Item1.IsServer, open.protocol);
        return true;
    });

    /// <summary>Adds what has passed since the last time to the process's totals. Callable from any thread, at any time.</summary>
    internal void TellTraffic()
    {
        bool held = false;
        try
        {
            DangerousAddRef(ref held);
            _tally.TellTraffic(handle, IsServer);
        }
        catch (ObjectDisposedException)
        {
            // Freed just now, and told then.
        }
        finally
        {
            if (held)
            {
                DangerousRelease();
            }
        }
    }

    internal static ConnectionOwner OwnerOf(nint context) => (ConnectionOwner)GCHandle.FromIntPtr(context).Target!;

    /// <summary>Whether both directions end together, as before TLS 1.3.</summary>
    internal bool EndsBothSides => S2n.s2n_connection_get_actual_protocol_version(this) < ProtocolVersions.Tls13;

    /// <summary>Makes s2n ask the owner about the names in the peer's certificate, instead of comparing them itself.</summary>
    internal unsafe void AskAboutNames() =>
        S2nError.Check(S2n.s2n_connection_set_verify_host_callback(this, Callbacks.VerifyHost, CallbackContext));

    /// <summary>
    /// Disables the check of names in the peer's certificate. Otherwise s2n would compare client certificates with the server's own name; and a
    /// callback that accepts each name is not asked about those that s2n cannot read, which s2n refuses.
    /// </summary>
    internal unsafe void TakeAnyName() => S2nError.Check(S2n.s2n_connection_set_verify_host_callback(this, null, 0));

    /// <summary>Uses the connection's pointer, while disposal by another thread cannot free it.</summary>
    internal T Use<T>(Func<nint, T> ask) => Use(ask, static (connection, ask) => ask(connection));

    /// <inheritdoc cref="Use{T}(Func{nint, T})"/>
    internal T Use<TState, T>(TState state, Func<nint, TState, T> ask)
    {
        bool counted = false;
        try
        {
            DangerousAddRef(ref counted);
            return ask(handle, state);
        }
        finally
        {
            if (counted)
            {
                DangerousRelease();
            }
        }
    }

    /// <summary>Copies text that belongs to the connection.</summary>
    internal string? ReadText(Func<ConnectionHandle, nint> read) => ReadBytes(read) is { } text ? Encoding.UTF8.GetString(text) : null;

    /// <summary>Copies zero-terminated bytes that belong to the connection.</summary>
    internal unsafe byte[]? ReadBytes(Func<ConnectionHandle, nint> read) => Use((this, read), static (_, its) =>
    {
        byte* text = (byte*)its.read(its.Item1);
        return text is null ? null : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text).ToArray();
    });

    /// <summary>Copies bytes that belong to the connection; empty if it has none.</summary>
    internal unsafe byte[] ReadBytes(Func<ConnectionHandle, (nint Data, uint Length)> read) => Use((this, read), static (_, its) =>
    {
        (nint data, uint length) = its.read(its.Item1);
        return data == 0 ? [] : new ReadOnlySpan<byte>((void*)data, (int)length).ToArray();
    });

    /// <summary>Callbacks of a connection get the context directly; those of a config ask their connection for it.</summary>
    private unsafe void InstallCallbacks()
    {
        S2nError.Check(S2n.s2n_connection_set_ctx(this, CallbackContext));
        S2nError.Check(S2n.s2n_connection_set_recv_ctx(this, CallbackContext));
        S2nError.Check(S2n.s2n_connection_set_recv_cb(this, Callbacks.Receive));
        S2nError.Check(S2n.s2n_connection_set_send_ctx(this, CallbackContext));
        S2nError.Check(S2n.s2n_connection_set_send_cb(this, Callbacks.Send));
    }

    protected override bool ReleaseHandle()
    {
        _tally.Leave(handle, IsServer);
        bool freed = ConnectionPark.ParkOrFree(_mode, handle);
        _configs.ForEach(config => config.DangerousRelease());
        _revocationLists?.ForEach(list => list.DangerousRelease());
        if (_owner.IsAllocated)
        {
            _owner.Free();
        }

        return freed;
    }
}
