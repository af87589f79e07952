namespace S2nTls.Interop;

/// <summary>The identity of the pre-shared key that the two sides negotiated.</summary>
internal static class NegotiatedIdentity
{
    /// <summary>A copy; empty if there is none.</summary>
    internal static byte[] Read(nint connection)
    {
        S2nError.Check(S2n.s2n_connection_get_negotiated_psk_identity_length(connection, out ushort length));
        byte[] identity = new byte[length];
        if (length > 0)
        {
            S2nError.Check(S2n.s2n_connection_get_negotiated_psk_identity(connection, identity, length));
        }

        return identity;
    }
}
