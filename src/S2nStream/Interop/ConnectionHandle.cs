using System.Runtime.InteropServices;
using System.Text;

namespace S2nTls.Interop;

/// <summary>
/// An <c>s2n_connection</c>. s2n does not count the configs that a connection uses, so this handle holds a
/// count on each; a context may be disposed while its connections live on. What is released goes to
/// <see cref="ConnectionPark"/>, and what is created may come from there.
/// </summary>
/// <remarks>
/// The connection hands a pointer to its callbacks (<see cref="Callbacks"/>): a weak GC handle on the owner. It is weak so that a
/// stream nobody disposed can still be collected, and it is freed only after the connection, which is
/// freed only when no call on it is running. While a call runs, its caller keeps the owner alive.
/// </remarks>
internal sealed class ConnectionHandle : SafeHandle
{
    private readonly List<ConfigHandle> _configs = new(1);
    private List<RevocationListHandle>? _revocationLists;
    private GCHandle _owner;
    private Mode _mode;

    public ConnectionHandle() : base(invalidHandleValue: 0, ownsHandle: true) { }

    public override bool IsInvalid => handle == 0;

    /// <summary>What the callbacks receive as their context: <see cref="OwnerOf"/> turns it back into the owner.</summary>
    private nint CallbackContext => GCHandle.ToIntPtr(_owner);

    /// <summary>Makes a connection that moves its ciphertext by its owner, and leaves the waits of blinded errors to that (<c>S2N_SELF_SERVICE_BLINDING</c>).</summary>
    /// <param name="mode">The side to be.</param>
    /// <param name="config">The connection holds a count on it.</param>
    /// <param name="owner">Null where other callbacks are set in the place of its own.</param>
    internal static ConnectionHandle Create(Mode mode, ConfigHandle config, ConnectionOwner? owner)
    {
        var connection = new ConnectionHandle();
        connection._mode = mode;
        connection.SetHandle(ConnectionPark.Take(mode) is var parked and not 0 ? parked : S2nError.CheckCreated(S2n.s2n_connection_new(mode)));
        try
        {
            connection._owner = GCHandle.Alloc(owner, GCHandleType.Weak);
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

    /// <summary>Gives the connection a config, or another one in the middle of a handshake: what it has of the first stays alive too.</summary>
    internal void UseConfig(ConfigHandle config)
    {
        // Another thread may dispose now: what is freed with the connection is not changed beside that.
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

    /// <summary>Keeps a list of revoked certificates alive as long as the connection. The caller holds a count on the connection.</summary>
    internal void Keep(RevocationListHandle list)
    {
        bool counted = false;
        list.DangerousAddRef(ref counted);
        (_revocationLists ??= []).Add(list);
    }

    internal static ConnectionOwner OwnerOf(nint context) => (ConnectionOwner)GCHandle.FromIntPtr(context).Target!;

    /// <summary>Whether both directions end together, as before TLS 1.3.</summary>
    internal bool EndsBothSides => S2n.s2n_connection_get_actual_protocol_version(this) < ProtocolVersions.Tls13;

    /// <summary>Has the owner asked about the names in the peer's certificate, in the place of s2n's own comparison.</summary>
    internal unsafe void AskAboutNames() =>
        S2nError.Check(S2n.s2n_connection_set_verify_host_callback(this, Callbacks.VerifyHost, CallbackContext));

    /// <summary>
    /// Has nobody look at the names in the peer's certificate. Without this, s2n would compare client certificates with the server's own name; and whoever says yes
    /// to each name is not asked about those that s2n cannot read, and it refuses them.
    /// </summary>
    internal unsafe void TakeAnyName() => S2nError.Check(S2n.s2n_connection_set_verify_host_callback(this, null, 0));

    /// <summary>Asks something of the connection by its pointer, while another thread's disposal cannot free it.</summary>
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

    /// <summary>Copies a text that belongs to the connection.</summary>
    internal string? ReadText(Func<ConnectionHandle, nint> read) => ReadBytes(read) is { } text ? Encoding.UTF8.GetString(text) : null;

    /// <summary>Copies what belongs to the connection, and ends with a zero byte.</summary>
    internal unsafe byte[]? ReadBytes(Func<ConnectionHandle, nint> read) => Use((this, read), static (_, its) =>
    {
        byte* text = (byte*)its.read(its.Item1);
        return text is null ? null : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text).ToArray();
    });

    /// <summary>Copies what belongs to the connection; nothing where it has none.</summary>
    internal unsafe byte[] ReadBytes(Func<ConnectionHandle, (nint Data, uint Length)> read) => Use((this, read), static (_, its) =>
    {
        (nint data, uint length) = its.read(its.Item1);
        return data == 0 ? [] : new ReadOnlySpan<byte>((void*)data, (int)length).ToArray();
    });

    /// <summary>A connection's callbacks get the context directly; a config's ask their connection for it.</summary>
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
