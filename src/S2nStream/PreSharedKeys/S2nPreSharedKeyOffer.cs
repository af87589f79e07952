using S2nTls.Wire;

namespace S2nTls;

/// <summary>The pre-shared keys that a client offers to a server, before anything has been verified.</summary>
public sealed class S2nPreSharedKeyOffer
{
    internal S2nPreSharedKeyOffer(IReadOnlyList<ReadOnlyMemory<byte>> identities, string serverName)
    {
        Identities = identities;
        ServerName = serverName;
    }

    internal static S2nPreSharedKeyOffer In(S2nClientHello hello) => new(
        (hello.TryGetExtension(ExtensionType.PreSharedKey, out ReadOnlyMemory<byte> content) ? OfferedPreSharedKeys.Read(content) : OfferedPreSharedKeys.None).Identities,
        hello.ServerName);

    /// <summary>The identities, the client's preferred one first; empty if it offers none. They can be any bytes; session tickets look like identities too.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Identities { get; }

    /// <summary>The name that the client asks for (RFC 6066); empty if it asks for none.</summary>
    public string ServerName { get; }
}
