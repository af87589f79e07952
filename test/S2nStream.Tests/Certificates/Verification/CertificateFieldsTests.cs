using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Names;
using S2nTls.Certificates.Verification;
using S2nTls.Reliability.Chains.Making;
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

    /// <summary>Each with a value that is well formed, and the others that are not.</summary>
    [Theory]
    [InlineData("2.5.29.14", "0401AA", "0500", "0401AA00", "0402AA")]
    [InlineData("2.5.29.15", "03020780", "0500", "0300", "03020880", "03020181", "030101", "0302078000")]
    [InlineData("2.5.29.17", "3000", "0500", "300000", "3001")]
    [InlineData("2.5.29.19", "30060101FF020100", "0500", "300000", "3003020180", "30020200", "30060101FF020180", "30050101FF0500", "30060201000101FF")]
    [InlineData("2.5.29.30", "3000", "0500", "300000", "3001")]
    [InlineData("2.5.29.32", "3000", "0500", "300000", "3001")]
    [InlineData("2.5.29.33", "3000", "0500", "300000", "3001")]
    [InlineData("2.5.29.35", "3000", "0500", "300000", "3001")]
    [InlineData("2.5.29.36", "3003800100", "0500", "300000", "3001")]
    [InlineData("2.5.29.37", "3000", "0500", "300000", "3001")]
    [InlineData("2.5.29.54", "020100", "0500", "02010000", "0201")]
    [InlineData("2.16.840.1.113730.1.1", "03020640", "0500", "0300", "0302064000", "03020641")]
    [InlineData("1.3.6.1.4.1.311.21.10", "3000", "0500", "300000", "3001")]
    public void An_extension_is_well_formed_and_there_once(string type, string value, params string[] malformed)
    {
        Assert.True(CertificateFields.TryRead(With((type, value)), out _));
        Assert.False(CertificateFields.TryRead(With((type, value), (type, value)), out _));
        foreach (string other in malformed)
        {
            Assert.False(CertificateFields.TryRead(With((type, other)), out _), other);
        }
    }

    [Theory]
    [InlineData("3000", false, null)]
    [InlineData("30030101FF", true, null)]
    [InlineData("3003020105", false, 5)]
    [InlineData("30060101FF02017F", true, 127)]
    [InlineData("30070101FF02020080", true, 127)]
    [InlineData("30070101FF02020100", true, 127)]
    public void Basic_constraints(string value, bool isAuthority, int? pathLength)
    {
        Assert.True(CertificateFields.TryRead(With((Extension.BasicConstraints, value)), out CertificateFields fields));
        Assert.Equal(isAuthority, fields.IsAuthority);
        Assert.Equal(pathLength, fields.PathLength);
    }

    [Theory]
    [InlineData("030100", X509KeyUsageFlags.None)]
    [InlineData("03020780", X509KeyUsageFlags.DigitalSignature)]
    [InlineData("0303070080", X509KeyUsageFlags.DecipherOnly)]
    [InlineData("0303070880", X509KeyUsageFlags.KeyAgreement | X509KeyUsageFlags.DecipherOnly)]
    [InlineData("0303060440", X509KeyUsageFlags.KeyCertSign)]
    [InlineData("03020204", X509KeyUsageFlags.KeyCertSign)]
    public void Key_usage(string value, X509KeyUsageFlags usage)
    {
        Assert.True(CertificateFields.TryRead(With((Extension.KeyUsage, value)), out CertificateFields fields));
        Assert.Equal(usage, fields.KeyUsage);
    }

    [Theory]
    [InlineData("030100", 0)]
    [InlineData("03020640", 0x40)]
    public void Netscapes_type(string value, int type)
    {
        Assert.True(CertificateFields.TryRead(With((Extension.NetscapeType, value)), out CertificateFields fields));
        Assert.Equal(type, (int)fields.NetscapeType!);
    }

    [Fact]
    public void What_aws_lc_does_not_heed_is_unknown_where_it_is_critical()
    {
        foreach ((string type, string value, bool isUnknown) in new[]
        {
            (Extension.BasicConstraints, "3000", false), (Extension.KeyUsage, "03020780", false), (Extension.SubjectAlternativeName, "3000", false),
            (Extension.NameConstraints, "3000", false), (Extension.CertificatePolicies, "3000", false), (Extension.PolicyMappings, "3000", false),
            (Extension.PolicyConstraints, "3003800100", false), (Extension.ExtendedKeyUsage, "3000", false), (Extension.InhibitAnyPolicy, "020100", false),
            (Extension.DistributionPoints, "3000", false), (Extension.NetscapeType, "03020640", false),
            (Extension.SubjectKeyIdentifier, "0401AA", true), (Extension.AuthorityKeyIdentifier, "3000", true), (Extension.IssuerAlternativeName, "3000", true),
            (Extension.ApplicationPolicies, "3000", true), (Extension.Unknown, "0500", true),
        })
        {
            Assert.True(CertificateFields.TryRead(With((type, value)), out CertificateFields plain), type);
            Assert.False(plain.HasUnknownCritical, type);
            Assert.True(CertificateFields.TryRead(With(isCritical: true, (type, value)), out CertificateFields critical), type);
            Assert.Equal((type, isUnknown), (type, critical.HasUnknownCritical));
        }

        Assert.True(CertificateFields.TryRead(With(isCritical: true, (Extension.Unknown, "0500"), (Extension.Unknown + ".1", "0500")), out CertificateFields two));
        Assert.True(two.HasUnknownCritical);
    }

    /// <summary>RFC 5280 §4.1.2.8: nobody has them any more.</summary>
    [Fact]
    public void Unique_identifiers_are_passed_over()
    {
        AsnReader whole = new AsnReader(s_root.RawData, AsnEncodingRules.DER).ReadSequence();
        AsnReader body = whole.ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                while (body.HasData)
                {
                    if (body.PeekTag() == new Asn1Tag(TagClass.ContextSpecific, 3, isConstructed: true))
                    {
                        writer.WriteBitString([1, 2], 0, new Asn1Tag(TagClass.ContextSpecific, 1));
                        writer.WriteBitString([3, 4], 0, new Asn1Tag(TagClass.ContextSpecific, 2));
                    }

                    writer.WriteEncodedValue(body.ReadEncodedValue().Span);
                }
            }

            writer.WriteEncodedValue(whole.ReadEncodedValue().Span);
            writer.WriteEncodedValue(whole.ReadEncodedValue().Span);
        }

        byte[] encoded = writer.Encode();
        Assert.True(CertificateFields.TryRead(encoded, out CertificateFields fields));
        Assert.Equal(3, fields.PathLength);
        Assert.Equal(s_root.SubjectName.RawData, fields.Subject);
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

    private static byte[] With(params (string Type, string Value)[] extensions) => With(isCritical: false, extensions);

    /// <summary>A certificate with these extensions and no others.</summary>
    private static byte[] With(bool isCritical, params (string Type, string Value)[] extensions)
    {
        CertificateDraft draft = GoodChain.Authority(new ChainKeys(new Random(1)), "Extended", null);
        draft.Basic = null;
        draft.KeyUsage = null;
        draft.SubjectKeyIdentifier = Identifier.None;
        draft.AuthorityKeyIdentifier = Identifier.None;
        draft.Others.AddRange(extensions.Select(extension => new Extension(extension.Type, isCritical, Convert.FromHexString(extension.Value))));
        return draft.Encoded;
    }
}
