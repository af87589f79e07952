using System.Formats.Asn1;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using S2nTls.Interop;

namespace S2nTls;

/// <summary>
/// An authority's list of revoked certificates (CRL, RFC 5280 §5) in s2n's memory (<c>s2n_crl</c>). Immutable, thread-safe, usable in any number
/// of handshakes; a handshake that has obtained it keeps it alive.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class S2nRevocationList : IDisposable
{
    private const string Label = "X509 CRL";

    private S2nRevocationList(RevocationListHandle handle, X500DistinguishedName issuer, DateTimeOffset thisUpdate, DateTimeOffset? nextUpdate)
    {
        Handle = handle;
        Issuer = issuer;
        ThisUpdate = thisUpdate;
        NextUpdate = nextUpdate;
    }

    /// <summary>The authority that issued the list.</summary>
    public X500DistinguishedName Issuer { get; }

    /// <summary>When the list was issued. Until then, a handshake that needs it is refused.</summary>
    public DateTimeOffset ThisUpdate { get; }

    /// <summary>When the next list is due: after that, a handshake that needs this one is refused. Null if the list does not say; it then never expires.</summary>
    public DateTimeOffset? NextUpdate { get; }

    internal RevocationListHandle Handle { get; }

    /// <summary>Makes a list from PEM text; only the first one in it counts.</summary>
    /// <exception cref="ArgumentException">The text contains no list.</exception>
    /// <inheritdoc cref="FromDer" path="/exception[not(@cref='T:System.ArgumentException')]"/>
    public static S2nRevocationList FromPem(ReadOnlySpan<char> pem)
    {
        while (PemEncoding.TryFind(pem, out PemFields fields))
        {
            if (pem[fields.Label].SequenceEqual(Label))
            {
                byte[] der = new byte[fields.DecodedDataLength];
                Convert.TryFromBase64Chars(pem[fields.Base64Data], der, out _);
                return FromDer(der);
            }

            pem = pem[fields.Location.End..];
        }

        throw new ArgumentException($"The PEM text contains no list: no -----BEGIN {Label}-----.", nameof(pem));
    }

    /// <summary>Makes a list from DER, the form in which authorities publish it.</summary>
    /// <exception cref="ArgumentException">It is not a list.</exception>
    /// <exception cref="S2nException">s2n refuses it.</exception>
    /// <exception cref="PlatformNotSupportedException">s2n does not run on this platform (<see cref="S2nStream.IsSupported"/>).</exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    public static unsafe S2nRevocationList FromDer(ReadOnlySpan<byte> der)
    {
        (X500DistinguishedName issuer, DateTimeOffset thisUpdate, DateTimeOffset? nextUpdate) = Read(der.ToArray());
        S2nRuntime.EnsureStarted();
        RevocationListHandle handle = RevocationListHandle.Create();
        try
        {
            byte[] pem = Encoding.ASCII.GetBytes(PemEncoding.WriteString(Label, der));
            S2nError.Check(S2n.s2n_crl_load_pem(handle, pem, (nuint)pem.Length)); // s2n copies what it needs
            return new S2nRevocationList(handle, issuer, thisUpdate, nextUpdate);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Makes a list from a file, PEM or DER.</summary>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied.</exception>
    /// <inheritdoc cref="FromDer" path="/exception"/>
    public static S2nRevocationList FromFile(string path)
    {
        byte[] content = File.ReadAllBytes(path);
        return content is [0x30, ..] ? FromDer(content) : FromPem(Encoding.UTF8.GetString(content));
    }

    /// <summary>Releases the native memory once no handshake uses it.</summary>
    public void Dispose() => Handle.Dispose();

    /// <summary>RFC 5280 §5.1: the fields before the revoked certificates.</summary>
    private static (X500DistinguishedName Issuer, DateTimeOffset ThisUpdate, DateTimeOffset? NextUpdate) Read(byte[] der)
    {
        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            AsnReader list = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            AsnReader signed = list.ReadSequence();
            if (signed.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
            {
                signed.ReadInteger(); // the version
            }

            signed.ReadSequence(); // the signature's algorithm
            var issuer = new X500DistinguishedName(signed.ReadEncodedValue().Span);
            DateTimeOffset thisUpdate = ReadTime(signed);
            return (issuer, thisUpdate, signed.HasData && IsTime(signed.PeekTag()) ? ReadTime(signed) : null);
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            throw new ArgumentException($"This is not a list of revoked certificates in DER: {e.Message}", nameof(der), e);
        }
    }

    private static bool IsTime(Asn1Tag tag) =>
        tag.HasSameClassAndValue(Asn1Tag.UtcTime) || tag.HasSameClassAndValue(Asn1Tag.GeneralizedTime);

    private static DateTimeOffset ReadTime(AsnReader reader) =>
        reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();
}
