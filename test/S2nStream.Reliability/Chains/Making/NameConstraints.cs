using System.Formats.Asn1;

namespace S2nTls.Reliability.Chains.Making;

/// <summary>RFC 5280 §4.2.1.10.</summary>
internal sealed record NameConstraints(GeneralName[] Permitted, GeneralName[] Excluded, bool IsCritical = true, int? Minimum = null, int? Maximum = null)
{
    internal IEnumerable<GeneralName> All => Permitted.Concat(Excluded);

    internal byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            Write(writer, 0, Permitted);
            Write(writer, 1, Excluded);
        }

        return writer.Encode();
    }

    public override string ToString() =>
        $"permitted [{string.Join<GeneralName>(", ", Permitted)}] excluded [{string.Join<GeneralName>(", ", Excluded)}]{(IsCritical ? "" : " not critical")}" +
        $"{(Minimum is null ? "" : $" minimum {Minimum}")}{(Maximum is null ? "" : $" maximum {Maximum}")}";

    private void Write(AsnWriter writer, int tag, GeneralName[] names)
    {
        if (names.Length == 0)
        {
            return;
        }

        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, tag)))
        {
            foreach (GeneralName name in names)
            {
                using (writer.PushSequence())
                {
                    writer.WriteEncodedValue(name.Encode());
                    if (Minimum is { } minimum)
                    {
                        writer.WriteInteger(minimum, new Asn1Tag(TagClass.ContextSpecific, 0));
                    }

                    if (Maximum is { } maximum)
                    {
                        writer.WriteInteger(maximum, new Asn1Tag(TagClass.ContextSpecific, 1));
                    }
                }
            }
        }
    }
}
