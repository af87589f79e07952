namespace S2nTls;

/// <summary>
/// The server that issued a session: the name that its certificate contains, and the port, because two servers with the same name need not know
/// each other's sessions. Like all host names, compared without regard to case.
/// </summary>
public readonly struct S2nSessionOrigin : IEquatable<S2nSessionOrigin>
{
    private readonly string? _host;

    /// <summary>Names a server.</summary>
    /// <param name="host">The target host, as passed to <c>AuthenticateAsClient</c>; may be empty.</param>
    /// <param name="port">The port; 0 if unknown.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is out of range.</exception>
    public S2nSessionOrigin(string host, int port)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        _host = host;
        Port = port;
    }

    /// <summary>The host.</summary>
    public string Host => _host ?? string.Empty;

    /// <summary>The port; 0 if unknown, as over a pipe.</summary>
    public int Port { get; }

    /// <summary>Whether both are the same server.</summary>
    public static bool operator ==(S2nSessionOrigin left, S2nSessionOrigin right) => left.Equals(right);

    /// <summary>Whether they are different servers.</summary>
    public static bool operator !=(S2nSessionOrigin left, S2nSessionOrigin right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(S2nSessionOrigin other) => Port == other.Port && string.Equals(Host, other.Host, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is S2nSessionOrigin other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Port, StringComparer.OrdinalIgnoreCase.GetHashCode(Host));

    /// <summary>The host and the port, separated by a colon.</summary>
    public override string ToString() => $"{Host}:{Port}";
}
