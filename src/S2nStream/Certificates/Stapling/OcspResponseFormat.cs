using System.Formats.Asn1;

namespace S2nTls.Certificates.Stapling;

/// <summary>Sees whether bytes are an OCSP response that says something, as far as its shell tells (RFC 6960 §4.2.1). Who signed it, and about what, is the client's to verify.</summary>
internal static class OcspResponseFormat
{
    /// <summary>What a CertificateStatus can hold (RFC 6066 §8).</summary>
    private const int MaxLength = (1 << 24) - 1;

    private const string Basic = "1.3.6.1.5.5.7.48.1.1";

    private enum Status
    {
        Successful = 0,
    }

    /// <exception cref="ArgumentException">They are none.</exception>
    internal static void Check(ReadOnlyMemory<byte> response, string parameter)
    {
        try
        {
            var reader = new AsnReader(response, AsnEncodingRules.DER);
            AsnReader shell = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            Status status = shell.ReadEnumeratedValue<Status>();
            if (status != Status.Successful)
            {
                throw new ArgumentException($"The OCSP response is an error of its responder's (status {(int)status}): there is nothing to staple.", parameter);
            }

            AsnReader content = shell.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadSequence();
            shell.ThrowIfNotEmpty();
            if (content.ReadObjectIdentifier() != Basic || content.ReadOctetString().Length == 0 || response.Length > MaxLength)
            {
                throw new ArgumentException("The OCSP response is of an unknown kind, or too long.", parameter);
            }
        }
        catch (AsnContentException e)
        {
            throw new ArgumentException($"This is no OCSP response in DER: {e.Message}", parameter, e);
        }
    }
}
