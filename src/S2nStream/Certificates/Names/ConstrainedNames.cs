using System.Buffers;

namespace S2nTls.Certificates.Names;

/// <summary>The plain forms of names that constraints bind: those that all implementations read alike.</summary>
internal static class ConstrainedNames
{
    private static readonly SearchValues<byte> s_host = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-."u8);

    /// <summary>atext, and the dots between (RFC 5322 §3.2.3).</summary>
    private static readonly SearchValues<byte> s_localPart = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~."u8);

    /// <summary>Whether the URI has an authority that is a host's DNS name, optionally with a port (RFC 3986 §3.2).</summary>
    internal static bool IsUriOfHost(ReadOnlySpan<byte> uri)
    {
        int scheme = uri.IndexOf("://"u8);
        if (scheme <= 0 || uri[..scheme].Contains((byte)':'))
        {
            return false;
        }

        ReadOnlySpan<byte> authority = uri[(scheme + 3)..];
        int end = authority.IndexOf((byte)'/');
        authority = end < 0 ? authority : authority[..end];
        int port = authority.IndexOf((byte)':');

        // Other implementations also take a colon in the path as the start of the port.
        return port < 0
            ? IsHost(authority) && !uri[(scheme + 3)..].Contains((byte)':')
            : IsHost(authority[..port]) && !authority[(port + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    /// <summary>Whether it is a mailbox address in the form without quotes (RFC 5321 §4.1.2).</summary>
    internal static bool IsMailbox(ReadOnlySpan<byte> mailbox)
    {
        int at = mailbox.IndexOf((byte)'@');
        return at > 0 && !mailbox[..at].ContainsAnyExcept(s_localPart) && IsHost(mailbox[(at + 1)..]);
    }

    /// <summary>Whether it is a valid constraint on mailboxes: one mailbox, all of a host, or, with a leading dot, all of a domain (RFC 5280 §4.2.1.10).</summary>
    internal static bool IsMailboxOrDomain(ReadOnlySpan<byte> constraint) =>
        constraint.Contains((byte)'@') ? IsMailbox(constraint) : !constraint.IsEmpty && !constraint.ContainsAnyExcept(s_host);

    private static bool IsHost(ReadOnlySpan<byte> name) => !name.IsEmpty && name[^1] != '.' && !name.ContainsAnyExcept(s_host);
}
