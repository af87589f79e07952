using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Stapling;

namespace S2nTls.Tests.Certificates;

/// <summary>Which answers of a responder may be stapled. s2n's clients are asked too: what we take, they take.</summary>
public class OcspVerificationTests
{
    private const string OcspSigning = "1.3.6.1.5.5.7.3.9";

    private static readonly Uri[] s_responders = [new("http://127.0.0.1/")];
    private static readonly X509Certificate2 s_root = CertificateMaker.Authority("Root of responses");
    private static readonly X509Certificate2 s_leaf = CertificateMaker.Leaf(s_root, ocsp: s_responders);
    private static readonly X509Certificate2 s_other = CertificateMaker.Leaf(s_root);
    private static readonly X509Certificate2 s_appointed = CertificateMaker.Leaf(s_root, usage: OcspSigning, subject: "CN=appointed");
    private static readonly X509Certificate2 s_stranger = CertificateMaker.Authority("Root of responses"); // of the same name
    private static readonly OcspSubject s_subject = OcspSubject.Find([s_leaf.RawData, s_root.RawData], null)!;
    private static readonly OcspResponseMaker s_good = new(s_root, s_leaf);

    public static TheoryData<string> Good() =>
    [
        "the issuer's", "by key", "of an appointed responder", "of an appointed responder by key", "of an RSA responder", "of an RSA responder with PSS",
        "among others", "with a strange certificate beside", "fresh from a clock that goes before",
    ];

    [Theory]
    [MemberData(nameof(Good))]
    public async Task A_good_one_is_taken_and_clients_take_it(string kind)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        byte[] response = Make(kind);
        OcspStaple staple = OcspVerification.Check(response, s_subject, now);
        Assert.Equal(response, staple.Response.ToArray());
        Assert.False(staple.IsRevoked);
        Assert.InRange(staple.Until, now.AddHours(23), now.AddHours(25));
        using S2nCertificate plain = S2nCertificate.FromX509(s_leaf);
        using S2nCertificate stapled = plain.WithOcspResponse(response);
        using S2nContext server = TestContexts.MakeServer(options => options.Certificates[0] = stapled);
        using S2nContext client = TestContexts.MakeClient(options =>
        {
            options.TrustedRoots = [s_root];
            options.OcspStapling = S2nOcspStapling.Require;
        });
        if (kind != "fresh from a clock that goes before") // s2n has no patience with that
        {
            await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        }

        static byte[] Make(string kind)
        {
            using RSA rsa = RSA.Create(2048);
            using X509Certificate2 rsaResponder = CertificateMaker.Leaf(s_root, usage: OcspSigning, subject: "CN=rsa", key: rsa);
            return (kind switch
            {
                "the issuer's" => s_good,
                "by key" => s_good with { NamesResponderByKey = true },
                "of an appointed responder" => s_good with { Signer = s_appointed },
                "of an appointed responder by key" => s_good with { Signer = s_appointed, NamesResponderByKey = true },
                "of an RSA responder" => s_good with { Signer = rsaResponder },
                "of an RSA responder with PSS" => s_good with { Signer = rsaResponder, SignsWithPss = true },
                "among others" => s_good with { Others = [s_other, s_appointed] },
                "with a strange certificate beside" => s_good with { Signer = s_appointed, Certificates = [s_stranger, s_other, s_appointed] },
                _ => s_good with { ThisUpdate = DateTimeOffset.UtcNow.AddMinutes(4) },
            }).Make();
        }
    }

    public static TheoryData<string, string> Bad() => new()
    {
        { "about another certificate", "another certificate" },
        { "about another authority's certificate", "another certificate" },
        { "named by an unknown hash", "another certificate" },
        { "unknown", "does not know" },
        { "expired", "has expired" },
        { "of the future", "of the future" },
        { "of the end of time", "of the future" },
        { "upside down", "ends before it begins" },
        { "an hour old, without an end", "has expired" },
        { "signed by a stranger of the same name", "signed neither" },
        { "signed by a stranger who sends himself along", "signed neither" },
        { "signed by whom nobody has appointed", "signed neither" },
        { "signed by whom a stranger has appointed", "signed neither" },
        { "signed by one whose time is over", "signed neither" },
        { "signed by one who does not say who he is", "signed neither" },
        { "signed by one whose key may not sign", "signed neither" },
        { "an error", "status 6" },
        { "nothing", "no OCSP response" },
        { "a page", "no OCSP response" },
        { "one and something more", "no OCSP response" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_one_is_refused_with_the_reason(string kind, string reason)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        byte[] response = kind switch
        {
            "about another certificate" => new OcspResponseMaker(s_root, s_other).Make(),
            "about another authority's certificate" => new OcspResponseMaker(s_stranger, s_leaf).Make(),
            "named by an unknown hash" => (s_good with { HashOfId = "1.2.3.4" }).Make(),
            "unknown" => (s_good with { Status = 2 }).Make(),
            "expired" => OcspResponder.MakeExpired(s_root, s_leaf),
            "of the future" => (s_good with { ThisUpdate = now.AddMinutes(10) }).Make(),
            "of the end of time" => (s_good with { ThisUpdate = DateTimeOffset.MaxValue.AddMinutes(-1), NextUpdate = null }).Make(),
            "upside down" => (s_good with { NextUpdate = now.AddHours(-1) }).Make(),
            "an hour old, without an end" => (s_good with { ThisUpdate = now.AddMinutes(-61), NextUpdate = null }).Make(),
            "signed by a stranger of the same name" => (s_good with { Signer = s_stranger, Certificates = [] }).Make(),
            "signed by a stranger who sends himself along" => (s_good with { Signer = s_stranger }).Make(),
            "signed by whom nobody has appointed" => (s_good with { Signer = CertificateMaker.Leaf(s_root, subject: "CN=not appointed") }).Make(),
            "signed by whom a stranger has appointed" => (s_good with { Signer = CertificateMaker.Leaf(s_stranger, usage: OcspSigning, subject: "CN=appointed") }).Make(),
            "signed by one whose time is over" =>
                (s_good with { Signer = CertificateMaker.Leaf(s_root, usage: OcspSigning, subject: "CN=old", notAfter: now.AddDays(-1)) }).Make(),
            "signed by one who does not say who he is" => (s_good with { Signer = s_appointed, Certificates = [] }).Make(),
            "signed by one whose key may not sign" =>
                (s_good with { Signer = CertificateMaker.Leaf(s_root, usage: OcspSigning, subject: "CN=no", keyUsage: X509KeyUsageFlags.KeyCertSign) }).Make(),
            "an error" => OcspResponseMaker.MakeError(6),
            "nothing" => [],
            "a page" => "<html>"u8.ToArray(),
            _ => [.. s_good.Make(), 0],
        };
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => OcspVerification.Check(response, s_subject, now));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_says_revoked_is_taken_for_that() =>
        Assert.True(OcspVerification.Check((s_good with { Status = 1 }).Make(), s_subject, DateTimeOffset.UtcNow).IsRevoked);

    [Fact]
    public void One_that_names_the_certificate_by_SHA_256_is_about_it_too() =>
        OcspVerification.Check((s_good with { HashOfId = "2.16.840.1.101.3.4.2.1" }).Make(), s_subject, DateTimeOffset.UtcNow);

    [Fact]
    public void One_that_does_not_say_when_there_is_news_is_good_for_an_hour()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        Assert.InRange(OcspVerification.Check((s_good with { NextUpdate = null }).Make(), s_subject, now).Until, now.AddMinutes(59), now.AddMinutes(61));
    }

    [Fact]
    [Needs("openssl")]
    public async Task What_openssl_answers_is_taken()
    {
        OcspVerification.Check(await OcspResponder.RespondAsync(s_root, s_leaf), s_subject, DateTimeOffset.UtcNow);
        OcspVerification.Check(await OcspResponder.RespondAsync(s_root, s_leaf, signer: s_appointed), s_subject, DateTimeOffset.UtcNow);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_that_was_cut_or_changed_anywhere_is_refused_and_nothing_else_happens(bool appointed)
    {
        byte[] good = (s_good with { Signer = appointed ? s_appointed : null }).Make();
        DateTimeOffset now = DateTimeOffset.UtcNow;
        for (int length = 0; length < good.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => OcspVerification.Check(good.AsMemory(0, length), s_subject, now));
        }

        for (int i = 0; i < good.Length; i++)
        {
            byte[] changed = [.. good];
            changed[i] ^= (byte)(1 << (i % 8));
            Assert.Throws<InvalidDataException>(() => OcspVerification.Check(changed, s_subject, now));
        }
    }

    [Fact]
    public void A_certificate_names_nobody_to_ask_unless_over_http()
    {
        Assert.Null(OcspSubject.Find([s_other.RawData, s_root.RawData], null));
        using X509Certificate2 overTls = CertificateMaker.Leaf(s_root, ocsp: [new("https://ocsp.example.com/"), new("ldap://ocsp.example.com/")]);
        Assert.Null(OcspSubject.Find([overTls.RawData, s_root.RawData], null));
    }

    [Fact]
    public void The_issuer_is_told_by_its_key_not_its_name()
    {
        Assert.Throws<InvalidOperationException>(() => OcspSubject.Find([s_leaf.RawData], null));
        Assert.Throws<InvalidOperationException>(() => OcspSubject.Find([s_leaf.RawData, s_stranger.RawData], s_stranger.RawData));
        Assert.NotNull(OcspSubject.Find([s_leaf.RawData, s_stranger.RawData], s_root.RawData));
    }
}
