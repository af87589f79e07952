namespace S2nTls.Certificates.Names;

/// <summary>Whether a common name looks like a host name, so that constraints on DNS names apply to it.</summary>
internal static class HostLikeness
{
    internal enum Kind
    {
        /// <summary>Not a host name: for example a person's name, or a single label.</summary>
        None,
        Host,

        /// <summary>It has several labels with characters that no host name has: some software may still take it for one.</summary>
        Resembling,
    }

    internal static Kind Of(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> text = name.TrimEnd((byte)0); // some have a trailing NUL, which means nothing
        if (text.Contains((byte)0))
        {
            return Kind.Resembling;
        }

        if (text.StartsWith("*."u8))
        {
            text = text[2..];
        }

        bool hasLabels = false, hasOthers = false;
        for (int i = 0; i < text.Length; i++)
        {
            byte character = text[i];
            if (char.IsAsciiLetterOrDigit((char)character) || character == '_')
            {
                continue;
            }

            if (character is >= 0x7f or <= 0x20)
            {
                hasOthers = true;
                continue;
            }

            bool isWithin = i > 0 && i < text.Length - 1;
            bool isHyphen = isWithin && character == '-';
            bool isDot = isWithin && character == '.' && text[i + 1] is not ((byte)'.' or (byte)'-') && text[i - 1] != '-';
            if (!isHyphen && !isDot)
            {
                return Kind.None;
            }

            hasLabels |= isDot;
        }

        return !hasLabels ? Kind.None : hasOthers ? Kind.Resembling : Kind.Host;
    }
}
