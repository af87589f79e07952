using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <summary>
/// An <c>s2n_connection</c>. s2n does not count the configs that a connection uses, so this handle holds a
/// count on each; a context may be disposed while its connections live on. What is released goes to
/// <see cref="ConnectionPark"/>, and what is created may come from there.
/// </summary>
/// <remarks>
/// The connection hands a pointer to its callbacks: a weak GC handle on the owner. It is weak so that a
/// stream nobody disposed can still be collected, and it is freed only after the connection, which is
/// freed only when no call on it is running. While a call runs, its caller keeps the owner alive.
/// </remarks>
internal sealed class ConnectionHandle : SafeHandle
{
    private readonly List<ConfigHandle> _configs = new(1);
    private List<RevocationListHandle>? _revocationLists;
    private GCHandle _callbackTarget;
    private Mode _mode;

    public ConnectionHandle() : base(invalidHandleValue: 0, ownsHandle: true) { }

    public override bool IsInvalid => handle == 0;

    /// <summary>What the callbacks receive as their context: <see cref="CallbackTarget{T}"/> turns it back into the owner.</summary>
    internal nint CallbackContext => GCHandle.ToIntPtr(_callbackTarget);

    internal static ConnectionHandle Create(Mode mode, ConfigHandle config, object callbackTarget)
    {
        var connection = new ConnectionHandle();
        connection._mode = mode;
        connection.SetHandle(ConnectionPark.Take(mode) is var parked and not 0 ? parked : S2n.s2n_connection_new(mode));
        S2nError.ThrowIf(connection.IsInvalid);
        try
        {
            connection._callbackTarget = GCHandle.Alloc(callbackTarget, GCHandleType.Weak);
            connection.UseConfig(config);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The config that it uses now, the last that it was given.</summary>
    internal ConfigHandle Config => _configs[^1];

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
            S2nError.ThrowIf(S2n.s2n_connection_set_config(this, config) != S2n.Success);
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

    internal static T CallbackTarget<T>(nint context) where T : class => (T)GCHandle.FromIntPtr(context).Target!;

    protected override bool ReleaseHandle()
    {
        bool freed = ConnectionPark.ParkOrFree(_mode, handle);
        _configs.ForEach(config => config.DangerousRelease());
        _revocationLists?.ForEach(list => list.DangerousRelease());
        if (_callbackTarget.IsAllocated)
        {
            _callbackTarget.Free();
        }

        return freed;
    }
}
