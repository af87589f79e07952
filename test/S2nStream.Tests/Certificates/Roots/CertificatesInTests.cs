using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using S2nTls.Certificates.Roots;
using static S2nTls.Testing.CertificateMaker;

namespace S2nTls.Tests.Certificates;

/// <summary>Which certificates are found in files of trusted roots.</summary>
public class CertificatesInTests
{
    private static readonly X509Certificate2 s_first = Authority("First in File");
    private static readonly X509Certificate2 s_second = Authority("Second in File");

    private static string First => s_first.ExportCertificatePem() + "\n";

    private static string Second => s_second.ExportCertificatePem() + "\n";

    [Fact]
    public void All_of_a_bundle_are_found_with_whatever_stands_between_them()
    {
        Assert.Equal([s_first, s_second], Bundle(First + Second));
        Assert.Equal([s_first, s_second], Bundle($"# First in File\n{First}\n-----BEGIN COMMENT-----\nnot base64!\n-----END COMMENT-----\n{Second}the end"));
        Assert.Equal([s_first, s_first], Bundle(First + First));
        Assert.Equal([s_second], Bundle("-----BEGIN -----\n" + Second));
        Assert.Equal([s_second], Bundle(Second + "-----BEGIN "));
        Assert.Equal([s_second], Bundle(Second + "-----BEGIN CERTIFICATE"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("-----BEGIN ")]
    [InlineData("-----BEGIN CERTIFICATE")]
    [InlineData("-----BEGIN CERTIFICATE-----")]
    [InlineData("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMAM\n-----END X509 CERTIFICATE-----\n")]
    public void Nothing_is_found_where_the_first_cannot_be_read_nor_after_it(string content)
    {
        Assert.Empty(Bundle(content));
        if (content.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal))
        {
            Assert.Empty(Bundle(content + Second));
            Assert.Equal([s_first], Bundle(First + content + Second));
        }
    }

    [Fact]
    public void A_store_of_dotnets_has_one_and_it_need_not_be_readable()
    {
        Assert.Equal([s_first], Store(X509CertificateLoader.LoadCertificate(s_first.RawData).Export(X509ContentType.Pkcs12)));
        Assert.Empty(Store(s_first.Export(X509ContentType.Pkcs12, "a password")));
        Assert.Empty(Store(RandomNumberGenerator.GetBytes(100)));
        Assert.Empty(Store([]));
    }

    private static X509Certificate2Collection Bundle(string content)
    {
        var found = new X509Certificate2Collection();
        CertificatesIn.Bundle(Encoding.Latin1.GetBytes(content), found);
        return found;
    }

    private static X509Certificate2Collection Store(byte[] content)
    {
        var found = new X509Certificate2Collection();
        CertificatesIn.Store(content, found);
        return found;
    }
}
