using System.Text;
using S2nTls.Certificates.Verification;

namespace S2nTls.Certificates.Names;

/// <summary>
/// The requirements on name constraints (RFC 5280 §4.2.1.10), beyond what the chain's builder has checked. If AWS-LC and OpenSSL read them
/// differently, the stricter reading applies. The file is long because it holds all of them, so that none is overlooked.
/// </summary>
internal static class NameConstraints
{
    private const int MaxComparisons = 1 << 20;
    private const byte Email = 0x81, Dns = 0x82, Directory = 0xa4, Uri = 0x86, Address = 0x87;

    /// <param name="constraints">The contents of the extension in an issuer's certificate.</param>
    /// <param name="names">The GeneralNames of a certificate below it.</param>
    /// <param name="subject">The subject of that certificate.</param>
    /// <returns>What is wrong, in words that follow "the name constraints of … "; null if nothing is.</returns>
    internal static string? FindUnmet(ReadOnlySpan<byte> constraints, ReadOnlySpan<byte> names, ReadOnlySpan<byte> subject)
    {
        var reader = new DerReader(constraints);
        ReadOnlySpan<byte> permitted = reader.ReadOptional(DerReader.ContextTag(0, isConstructed: true));
        ReadOnlySpan<byte> excluded = reader.ReadOptional(DerReader.ContextTag(1, isConstructed: true));
        if (reader.Failed || !reader.IsEmpty)
        {
            return "cannot be decoded";
        }

        // AWS-LC and OpenSSL have the same limit: each name is compared with each constraint, and any peer can send thousands of both.
        if ((long)CountIn(names) * (CountIn(permitted) + CountIn(excluded)) > MaxComparisons)
        {
            return "are too many to compare with the names of the certificate";
        }

        return
            FindMalformed(permitted, names, subject) ?? FindMalformed(excluded, names, subject) ??
            (!AreNamesPlain(permitted, excluded, names) || !AreMailboxesPlain(permitted, excluded, subject) ? "bind a name of the certificate that can be read in more than one way"
            : ExcludesMailbox(excluded, names, subject) ? "exclude a mailbox of the certificate that differs only in case"
            : ExcludesOneBelowAWildcard(excluded, names) ? "exclude a host for which a wildcard of the certificate stands"
            : !AllowCommonNames(permitted, excluded, names, subject) ? "do not permit a host that the subject's common name equals or resembles"
            : null);
    }

    /// <summary>Whether a certificate has any name to which constraints of these kinds can apply.</summary>
    internal static bool MayBind(ReadOnlySpan<byte> names, ReadOnlySpan<byte> subject)
    {
        if (!names.IsEmpty || SubjectAttributes.Mailboxes(subject).MoveNext())
        {
            return true;
        }

        SubjectAttributes name = SubjectAttributes.CommonNames(subject);
        while (name.MoveNext())
        {
            if (HostLikeness.Of(name.Text) != HostLikeness.Kind.None)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Finds constraints that AWS-LC and OpenSSL read differently, if at all: to one of them a name that ends with a dot is that name, to the
    /// other it is not a host name. As in both, an error in a constraint counts only if there is a name of its type.
    /// </summary>
    private static string? FindMalformed(ReadOnlySpan<byte> subtrees, ReadOnlySpan<byte> names, ReadOnlySpan<byte> subject)
    {
        var reader = new DerReader(subtrees);
        while (!reader.IsEmpty)
        {
            var subtree = new DerReader(reader.Read(DerReader.Sequence));
            ReadOnlySpan<byte> name = subtree.ReadAny(out byte tag);
            string? malformed =
                !subtree.IsEmpty ? "have a least or greatest distance, which they must not"
                : tag is Email or Dns or Uri && name.EndsWith("."u8) ? "have a name with a dot at its end"
                : tag == Email && !ConstrainedNames.IsMailboxOrDomain(name) ? "have a mailbox that is none"
                : tag == Address && HasHoles(name[(name.Length / 2)..]) ? "have a network whose mask has holes"
                : null;
            if (malformed is not null && (tag is Dns or Directory || Has(names, tag, inSubtrees: false) || tag == Email && SubjectAttributes.Mailboxes(subject).MoveNext()))
            {
                return malformed;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether each name of a constrained type can be read in only one way: no DNS name with a trailing dot, no URI without a host or with one
    /// that is not a DNS name, no quoted mailbox. AWS-LC and OpenSSL compare what they read there, and they read different things.
    /// </summary>
    private static bool AreNamesPlain(ReadOnlySpan<byte> permitted, ReadOnlySpan<byte> excluded, ReadOnlySpan<byte> names)
    {
        var reader = new DerReader(names);
        while (!reader.IsEmpty)
        {
            ReadOnlySpan<byte> name = reader.ReadAny(out byte tag);
            bool isPlain = tag switch
            {
                Dns => !name.EndsWith("."u8),
                Uri => ConstrainedNames.IsUriOfHost(name),
                Email => ConstrainedNames.IsMailbox(name),
                _ => true,
            };
            if (!isPlain && (Has(permitted, tag, inSubtrees: true) || Has(excluded, tag, inSubtrees: true)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreMailboxesPlain(ReadOnlySpan<byte> permitted, ReadOnlySpan<byte> excluded, ReadOnlySpan<byte> subject)
    {
        SubjectAttributes mailboxes = SubjectAttributes.Mailboxes(subject);
        while (mailboxes.MoveNext())
        {
            if (!ConstrainedNames.IsMailbox(mailboxes.Text) && (Has(permitted, Email, inSubtrees: true) || Has(excluded, Email, inSubtrees: true)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Only the host's administrator knows whether case matters before the @ (RFC 5321 §2.4): for exclusions, case is ignored.</summary>
    private static bool ExcludesMailbox(ReadOnlySpan<byte> excluded, ReadOnlySpan<byte> names, ReadOnlySpan<byte> subject)
    {
        var reader = new DerReader(names);
        while (!reader.IsEmpty)
        {
            ReadOnlySpan<byte> name = reader.ReadAny(out byte tag);
            if (tag == Email && HasMailbox(excluded, name))
            {
                return true;
            }
        }

        SubjectAttributes mailboxes = SubjectAttributes.Mailboxes(subject);
        while (mailboxes.MoveNext())
        {
            if (HasMailbox(excluded, mailboxes.Text))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasMailbox(ReadOnlySpan<byte> subtrees, ReadOnlySpan<byte> mailbox)
    {
        var reader = new DerReader(subtrees);
        while (!reader.IsEmpty)
        {
            if (BaseOf(ref reader, out byte tag) is var name && tag == Email && Ascii.EqualsIgnoreCase(name, mailbox))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasHoles(ReadOnlySpan<byte> mask)
    {
        bool isOver = false;
        foreach (byte part in mask)
        {
            // Ones followed by zeros: the complement is one less than a power of two.
            int rest = (byte)~part;
            if (isOver ? part != 0 : (rest & (rest + 1)) != 0)
            {
                return true;
            }

            isOver |= rest != 0;
        }

        return false;
    }

    /// <summary>A wildcard covers hosts with one more label: if any of them is excluded, the wildcard is not allowed at all.</summary>
    private static bool ExcludesOneBelowAWildcard(ReadOnlySpan<byte> excluded, ReadOnlySpan<byte> names)
    {
        var reader = new DerReader(names);
        while (!reader.IsEmpty)
        {
            ReadOnlySpan<byte> name = reader.ReadAny(out byte tag);
            if (tag == Dns && IsExcluded(excluded, name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// If there are no DNS names, the common names count as such if they look like them: several labels of letters, digits, hyphens and
    /// underscores. One with spaces, control characters or non-ASCII characters is not a DNS name, and must not pass for one either, whatever is
    /// constrained.
    /// </summary>
    private static bool AllowCommonNames(ReadOnlySpan<byte> permitted, ReadOnlySpan<byte> excluded, ReadOnlySpan<byte> names, ReadOnlySpan<byte> subject)
    {
        if (Has(names, Dns, inSubtrees: false))
        {
            return true;
        }

        SubjectAttributes name = SubjectAttributes.CommonNames(subject);
        while (name.MoveNext())
        {
            switch (HostLikeness.Of(name.Text))
            {
                case HostLikeness.Kind.Resembling:
                case HostLikeness.Kind.Host when !IsPermitted(permitted, name.Text) || IsExcluded(excluded, name.Text):
                    return false;
                default:
                    break;
            }
        }

        return true;
    }

    private static bool IsPermitted(ReadOnlySpan<byte> permitted, ReadOnlySpan<byte> host)
    {
        bool isConstrained = false;
        var reader = new DerReader(permitted);
        while (!reader.IsEmpty)
        {
            ReadOnlySpan<byte> name = BaseOf(ref reader, out byte tag);
            isConstrained |= tag == Dns;
            if (tag == Dns && IsWithin(host, name))
            {
                return true;
            }
        }

        return !isConstrained;
    }

    private static bool IsExcluded(ReadOnlySpan<byte> excluded, ReadOnlySpan<byte> host)
    {
        var reader = new DerReader(excluded);
        while (!reader.IsEmpty)
        {
            ReadOnlySpan<byte> name = BaseOf(ref reader, out byte tag);
            if (tag == Dns && (IsWithin(host, name) || IsBelow(host, name)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether the host equals the subtree or has any number of labels before it; a subtree with a leading dot, which the RFC does not define,
    /// needs at least one.
    /// </summary>
    private static bool IsWithin(ReadOnlySpan<byte> host, ReadOnlySpan<byte> subtree) =>
        subtree.IsEmpty ||
        host.Length >= subtree.Length && Ascii.EqualsIgnoreCase(host[^subtree.Length..], subtree) &&
        (host.Length == subtree.Length || subtree[0] == '.' || host[^(subtree.Length + 1)] == '.');

    /// <summary>Whether a wildcard may cover a subtree: both have the same labels after the first.</summary>
    private static bool IsBelow(ReadOnlySpan<byte> wildcard, ReadOnlySpan<byte> subtree)
    {
        int dot = subtree.IndexOf((byte)'.');
        return dot >= 0 && wildcard.StartsWith("*."u8) && Ascii.EqualsIgnoreCase(wildcard[1..], subtree[dot..]);
    }

    /// <param name="names">GeneralNames, or GeneralSubtrees.</param>
    /// <param name="wanted">The tag of a name.</param>
    /// <param name="inSubtrees">Whether these are GeneralSubtrees.</param>
    private static bool Has(ReadOnlySpan<byte> names, byte wanted, bool inSubtrees)
    {
        var reader = new DerReader(names);
        while (!reader.IsEmpty)
        {
            _ = inSubtrees ? BaseOf(ref reader, out byte tag) : reader.ReadAny(out tag);
            if (tag == wanted)
            {
                return true;
            }
        }

        return false;
    }

    private static int CountIn(ReadOnlySpan<byte> elements)
    {
        int count = 0;
        var reader = new DerReader(elements);
        while (!reader.IsEmpty)
        {
            reader.ReadAny(out _);
            count++;
        }

        return count;
    }

    /// <summary>The base of the next GeneralSubtree.</summary>
    private static ReadOnlySpan<byte> BaseOf(ref DerReader subtrees, out byte tag)
    {
        var subtree = new DerReader(subtrees.Read(DerReader.Sequence));
        return subtree.ReadAny(out tag);
    }
}
