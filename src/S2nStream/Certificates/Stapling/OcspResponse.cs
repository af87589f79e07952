using System.Formats.Asn1;

namespace S2nTls.Certificates.Stapling;

/// <summary>The parts of an OCSP response (RFC 6960 §4.2.1), unverified. Immutable.</summary>
internal sealed class OcspResponse
{
    private OcspResponse(ReadOnlyMemory<byte> encoded) => Encoded = encoded;

    internal ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>ResponseData, with tag and length.</summary>
    internal ReadOnlyMemory<byte> Signed { get; private init; }

    /// <summary>An AlgorithmIdentifier, with tag and length.</summary>
    internal ReadOnlyMemory<byte> SignatureAlgorithm { get; private init; }

    internal byte[] Signature { get; private init; } = [];

    /// <summary>The responder's name, encoded; empty if it is identified by its key.</summary>
    internal ReadOnlyMemory<byte> ResponderName { get; private init; }

    /// <summary>The SHA-1 of the responder's key; empty if it is identified by its name.</summary>
    internal byte[] ResponderKeyHash { get; private init; } = [];

    internal IReadOnlyList<OcspAnswer> Answers { get; private init; } = [];

    /// <summary>The certificates that the responder sent to prove its identity, DER.</summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>> Certificates { get; private init; } = [];

    /// <exception cref="InvalidDataException">It is not an OCSP response, or it reports an error.</exception>
    internal static OcspResponse Read(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            return ReadBasic(encoded, OcspResponseFormat.ReadContent(encoded));
        }
        catch (AsnContentException e)
        {
            throw new InvalidDataException($"This is no OCSP response in DER: {e.Message}", e);
        }
    }

    private static OcspResponse ReadBasic(ReadOnlyMemory<byte> encoded, byte[] content)
    {
        var whole = new AsnReader(content, AsnEncodingRules.DER);
        AsnReader basic = whole.ReadSequence();
        whole.ThrowIfNotEmpty();
        ReadOnlyMemory<byte> signed = basic.ReadEncodedValue();
        ReadOnlyMemory<byte> algorithm = basic.ReadEncodedValue();
        byte[] signature = basic.ReadBitString(out int unusedBits);
        List<ReadOnlyMemory<byte>> certificates = basic.HasData ? ReadCertificates(basic) : [];
        basic.ThrowIfNotEmpty();
        if (unusedBits != 0)
        {
            throw new InvalidDataException("The OCSP response's signature is not a whole number of octets.");
        }

        AsnReader data = new AsnReader(signed, AsnEncodingRules.DER).ReadSequence();
        SkipVersion(data);
        (ReadOnlyMemory<byte> name, byte[] keyHash) = ReadResponder(data);
        data.ReadGeneralizedTime(); // producedAt
        List<OcspAnswer> answers = ReadAnswers(data.ReadSequence());
        return new OcspResponse(encoded)
        {
            Signed = signed,
            SignatureAlgorithm = algorithm,
            Signature = signature,
            ResponderName = name,
            ResponderKeyHash = keyHash,
            Answers = answers,
            Certificates = certificates,
        };
    }

    private static List<ReadOnlyMemory<byte>> ReadCertificates(AsnReader basic)
    {
        var certificates = new List<ReadOnlyMemory<byte>>();
        AsnReader list = basic.ReadSequence(Context(0)).ReadSequence();
        while (list.HasData)
        {
            certificates.Add(list.ReadEncodedValue());
        }

        return certificates;
    }

    private static void SkipVersion(AsnReader data)
    {
        if (data.PeekTag().HasSameClassAndValue(Context(0)))
        {
            AsnReader version = data.ReadSequence(Context(0));
            if (version.ReadInteger() != 0)
            {
                throw new InvalidDataException("The OCSP response has an unknown version.");
            }
        }
    }

    private static (ReadOnlyMemory<byte> Name, byte[] KeyHash) ReadResponder(AsnReader data) =>
        data.PeekTag().HasSameClassAndValue(Context(1))
            ? (data.ReadSequence(Context(1)).ReadEncodedValue(), [])
            : (default, data.ReadSequence(Context(2)).ReadOctetString());

    private static List<OcspAnswer> ReadAnswers(AsnReader list)
    {
        var answers = new List<OcspAnswer>();
        while (list.HasData)
        {
            AsnReader one = list.ReadSequence();
            ReadOnlyMemory<byte> id = one.ReadEncodedValue();
            Asn1Tag status = one.PeekTag();
            one.ReadEncodedValue();
            if (status.TagClass != TagClass.ContextSpecific || status.TagValue > (int)OcspStatus.Unknown)
            {
                throw new InvalidDataException("The OCSP response has an undefined status.");
            }

            DateTimeOffset thisUpdate = one.ReadGeneralizedTime();
            DateTimeOffset? nextUpdate =
                one.HasData && one.PeekTag().HasSameClassAndValue(Context(0)) ? one.ReadSequence(Context(0)).ReadGeneralizedTime() : null;
            answers.Add(new OcspAnswer(id, (OcspStatus)status.TagValue, thisUpdate, nextUpdate));
        }

        return answers;
    }

    private static Asn1Tag Context(int number) => new(TagClass.ContextSpecific, number, isConstructed: true);
}
