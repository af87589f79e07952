namespace S2nTls.Certificates.Verification;

/// <summary>
/// Reads DER (X.690 §8.1, §10.1) in place, without allocating. Malformed input yields nothing and is remembered, so that callers check once.
/// </summary>
internal ref struct DerReader(ReadOnlySpan<byte> encoded)
{
    internal const byte Boolean = 0x01, Integer = 0x02, BitString = 0x03, OctetString = 0x04, ObjectIdentifier = 0x06, Sequence = 0x30, Set = 0x31;

    private ReadOnlySpan<byte> _rest = encoded;

    /// <summary>Whether the input was not what was asked for.</summary>
    internal bool Failed { get; private set; }

    internal readonly bool IsEmpty => _rest.IsEmpty;

    /// <summary>The tag of the next element; 0 if there is none.</summary>
    internal readonly byte NextTag => _rest.IsEmpty ? (byte)0 : _rest[0];

    /// <summary>A context-specific tag, constructed like a SEQUENCE or primitive like a string.</summary>
    internal static byte ContextTag(int number, bool isConstructed) => (byte)(0x80 | (isConstructed ? 0x20 : 0) | number);

    /// <summary>The contents of the next element, which must have the tag.</summary>
    internal ReadOnlySpan<byte> Read(byte tag)
    {
        if (NextTag == tag)
        {
            return Next(out _);
        }

        Fail();
        return default;
    }

    /// <summary>The contents of the next element if it has the tag; otherwise nothing, and nothing is read.</summary>
    internal ReadOnlySpan<byte> ReadOptional(byte tag) => NextTag == tag ? Next(out _) : default;

    /// <summary>The next element, whatever it is.</summary>
    internal ReadOnlySpan<byte> ReadAny(out byte tag)
    {
        tag = NextTag;
        return Next(out _);
    }

    /// <summary>The next element with its tag and length, which must have the tag.</summary>
    internal ReadOnlySpan<byte> ReadEncoded(byte tag)
    {
        if (NextTag == tag)
        {
            Next(out ReadOnlySpan<byte> whole);
            return whole;
        }

        Fail();
        return default;
    }

    private ReadOnlySpan<byte> Next(out ReadOnlySpan<byte> whole)
    {
        const int MultiByteTag = 0x1f;
        whole = default;
        if (_rest.Length < 2 || (_rest[0] & MultiByteTag) == MultiByteTag || !TryReadLength(out int header, out int length) || length > _rest.Length - header)
        {
            Fail();
            return default;
        }

        whole = _rest[..(header + length)];
        _rest = _rest[(header + length)..];
        return whole[header..];
    }

    private readonly bool TryReadLength(out int header, out int length)
    {
        header = 2;
        length = _rest[1];
        if (length < 0x80)
        {
            return true;
        }

        int octets = length & 0x7f;
        if (octets is 0 or > 3 || _rest.Length < 2 + octets || _rest[2] == 0)
        {
            return false; // of indefinite length, longer than any certificate, or not DER's shortest form
        }

        length = 0;
        foreach (byte octet in _rest.Slice(2, octets))
        {
            length = (length << 8) | octet;
        }

        header += octets;
        return length >= 0x80;
    }

    private void Fail()
    {
        Failed = true;
        _rest = default;
    }
}
