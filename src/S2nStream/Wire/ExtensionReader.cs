namespace S2nTls.Wire;

/// <summary>Reads the extensions of a message one after the other (RFC 8446 §4.2): each a type and a vector.</summary>
/// <param name="extensions">The list, without its length.</param>
internal ref struct ExtensionReader(ReadOnlySpan<byte> extensions)
{
    private WireReader _rest = new(extensions);

    /// <summary>Whether the list ends in the middle of an extension.</summary>
    internal readonly bool Failed => _rest.Failed;

    /// <returns>False at the list's end, and if the next extension is truncated.</returns>
    internal bool TryRead(out int type, out ReadOnlySpan<byte> content)
    {
        if (_rest.IsEmpty)
        {
            type = -1;
            content = default;
            return false;
        }

        type = _rest.ReadNumber(2);
        content = _rest.ReadVector(2);
        return !_rest.Failed;
    }

    /// <summary>Looks for the first extension of a type.</summary>
    internal static bool TryFind(ReadOnlySpan<byte> extensions, int type, out ReadOnlySpan<byte> content)
    {
        var reader = new ExtensionReader(extensions);
        while (reader.TryRead(out int found, out content))
        {
            if (found == type)
            {
                return true;
            }
        }

        return false;
    }
}
