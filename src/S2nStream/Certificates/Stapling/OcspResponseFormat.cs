using System.Formats.Asn1;

namespace S2nTls.Certificates.Stapling;

/// <summary>
/// The outer part of an OCSP response (RFC 6960 §4.2.1): checks that bytes are a successful one. Who signed it, and for which certificate, is in its
/// content.
/// </summary>
internal static class OcspResponseFormat
{
    /// <summary>What a CertificateStatus can hold (RFC 6066 §8).</summary>
    private const int MaxLength = (1 << 24) - 1;

    private const string Basic = "1.3.6.1.5.5.7.48.1.1";

    private enum Status
    {
        Successful = 0,
    }

    /// <exception cref="ArgumentException">They are not such a response.</exception>
    internal static void Check(ReadOnlyMemory<byte> response, string parameter)
    {
        try
        {
            ReadContent(response);
        }
        catch (InvalidDataException e)
        {
            throw new ArgumentException(e.Message, parameter);
        }
        catch (AsnContentException e)
        {
            throw new ArgumentException($"This is no OCSP response in DER: {e.Message}", parameter, e);
        }
    }

    /// <returns>A BasicOCSPResponse, encoded.</returns>
    /// <exception cref="InvalidDataException">The response contains none.</exception>
    /// <exception cref="AsnContentException">It cannot be decoded.</exception>
    internal static byte[] ReadContent(ReadOnlyMemory<byte> response)
    {
        var reader = new AsnReader(response, AsnEncodingRules.DER);
        AsnReader shell = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        Status status = shell.ReadEnumeratedValue<Status>();
        if (status != Status.Successful)
        {
            throw new InvalidDataException($"The OCSP response only reports an error (status {(int)status}), so there is nothing to staple.");
        }

        AsnReader bytes = shell.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadSequence();
        shell.ThrowIfNotEmpty();
        return bytes.ReadObjectIdentifier() == Basic && bytes.ReadOctetString() is { Length: > 0 } content && response.Length <= MaxLength
            ? content
            : throw new InvalidDataException("The OCSP response has an unknown type, or is too long.");
    }
}
