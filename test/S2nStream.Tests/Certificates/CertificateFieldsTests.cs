using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Names;
using S2nTls.Certificates.Verification;
using static S2nTls.Testing.CertificateMaker;

namespace S2nTls.Tests.Certificates;

/// <summary>What is read of a certificate where it lies is what .NET reads; and nothing that is read of a broken one does harm.</summary>
public class CertificateFieldsTests
{
    private static readonly X509Certificate2 s_root = Authority("Fields Root", pathLength: 3, usage: ServerAuthentication);

    private static readonly X509Certificate2[] s_certificates =
    [
        s_root,
        Authority("Below Fields Root", s_root, namesIssuersKey: true),
        Authority("No Constraints", s_root, basicConstraints: false),
        Leaf(s_root, ["a.test", "*.b.test"], [IPAddress.Loopback, IPAddress.IPv6Loopback], uri: "urn:x"),
        Leaf(s_root, [], [], usage: null, key: RSA.Create(2048), padding: 300),
        Leaf(null, keyUsage: X509KeyUsageFlags.DecipherOnly | X509KeyUsageFlags.DigitalSignature, padding: 70_000),
    ];

    public static TheoryData<int> Certificates => [.. Enumerable.Range(0, s_certificates.Length)];

    [Theory]
    [MemberData(nameof(Certificates))]
    public void They_are_what_dotnet_reads(int index)
    {
        X509Certificate2 certificate = s_certificates[index];
        Assert.True(CertificateFields.TryRead(certificate.RawData, out CertificateFields fields));
        Assert.False(fields.IsVersion1);
        Assert.Equal(certificate.SubjectName.RawData, fields.Subject);
        Assert.Equal(certificate.IssuerName.RawData, fields.Issuer);
        Assert.Equal(certificate.Subject, fields.SubjectText);
        Assert.Equal(certificate.SerialNumberBytes.Span, fields.SerialNumber);
        X509BasicConstraintsExtension? constraints = certificate.Extensions.OfType<X509BasicConstraintsExtension>().SingleOrDefault();
        Assert.Equal(constraints?.CertificateAuthority ?? false, fields.IsAuthority);
        Assert.Equal(constraints is { HasPathLengthConstraint: true } ? constraints.PathLengthConstraint : null, fields.PathLength);
        Assert.Equal(certificate.Extensions.OfType<X509KeyUsageExtension>().SingleOrDefault()?.KeyUsages, fields.KeyUsage);
        Assert.Equal(certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any(), fields.HasExtendedKeyUsage);
        Assert.Equal(certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Any(), fields.HasAlternativeNames);
        Assert.Equal(certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single().SubjectKeyIdentifierBytes.Span, fields.SubjectKeyIdentifier);
        Assert.Equal(certificate.Subject == certificate.Issuer, fields.IsSelfIssued);
    }

    [Fact]
    public void A_certificate_that_is_cut_off_or_has_something_after_it_is_not_read()
    {
        foreach (X509Certificate2 certificate in s_certificates[..^1])
        {
            for (int length = 0; length < certificate.RawData.Length; length++)
            {
                Assert.False(CertificateFields.TryRead(certificate.RawData.AsSpan(0, length), out _));
            }

            Assert.False(CertificateFields.TryRead([.. certificate.RawData, 0], out _));
        }
    }

    [Fact]
    public void An_extension_that_is_there_twice_is_not_read()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=twice", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 1, true));
        request.CertificateExtensions.Add(new X509Extension("2.5.29.37", [0x30, 0x00], critical: false));
        using X509Certificate2 once = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        Assert.True(CertificateFields.TryRead(once.RawData, out _));

        // The same request with the purposes' identifier made into that of the constraints, whose contents are empty then.
        byte[] twice = once.RawData;
        int at = twice.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x06, 0x03, 0x55, 0x1d, 37]);
        twice[at + 4] = 19;
        Assert.False(CertificateFields.TryRead(twice, out _));
    }

    [Fact]
    public void Whatever_bytes_are_changed_nothing_is_thrown_and_the_demands_come_to_an_answer()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        var host = new HostNameMatch("a.test");
        for (int i = 0; i < 20_000; i++)
        {
            byte[] changed = s_certificates[random.Next(s_certificates.Length - 1)].RawData;
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            try
            {
                var demands = new ChainDemands(new ChainDemands.Terms(IsServer: false, host));
                demands.Next(changed, isLast: false);
                demands.Next(changed, isLast: false);
            }
            catch (Exception e)
            {
                Assert.Fail($"Seed {seed}: {Convert.ToBase64String(changed)}: {e}");
            }
        }
    }
}
