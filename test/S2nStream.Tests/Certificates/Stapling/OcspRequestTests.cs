using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Stapling;

namespace S2nTls.Tests.Certificates;

public class OcspRequestTests
{
    private static readonly X509Certificate2 s_root = CertificateMaker.Authority("Root of requests");
    private static readonly X509Certificate2 s_leaf = CertificateMaker.Leaf(s_root);
    private static readonly byte[] s_request = OcspRequest.Encode(new OcspCertificateId(s_leaf, s_root));

    [Fact]
    [Needs("openssl")]
    public async Task It_is_to_the_byte_what_openssl_asks()
    {
        var directory = new TempDirectory();
        File.WriteAllText(directory.PathOf("root.pem"), s_root.ExportCertificatePem());
        File.WriteAllText(directory.PathOf("leaf.pem"), s_leaf.ExportCertificatePem());
        await using PeerProgram openssl = PeerProgram.Start(
            "openssl", ["ocsp", "-issuer", "root.pem", "-cert", "leaf.pem", "-no_nonce", "-reqout", "request.der"], directory);
        await openssl.ExplainAsync(openssl.ExpectSuccessAsync);
        Assert.Equal(await File.ReadAllBytesAsync(directory.PathOf("request.der")), s_request);
    }

    [Theory]
    [InlineData("http://ocsp.example.com", "http://ocsp.example.com/")]
    [InlineData("http://ocsp.example.com/", "http://ocsp.example.com/")]
    [InlineData("http://ocsp.example.com/of/this", "http://ocsp.example.com/of/this/")]
    [InlineData("http://ocsp.example.com:8080/of/this/", "http://ocsp.example.com:8080/of/this/")]
    public void A_short_one_is_part_of_the_address_with_nothing_in_it_that_means_something_there(string responder, string beginning)
    {
        string address = OcspRequest.ForGet(new Uri(responder), [0xfb, 0xff, 0xbf, 0x00])!.OriginalString;
        Assert.Equal(beginning + "%2B%2F%2B%2FAA%3D%3D", address);
    }

    [Fact]
    public void One_that_is_long_or_has_no_place_in_the_address_is_sent_in_the_body()
    {
        Assert.NotNull(OcspRequest.ForGet(new Uri("http://ocsp.example.com/"), s_request));
        Assert.Null(OcspRequest.ForGet(new Uri("http://ocsp.example.com/" + new string('x', 200)), s_request));
        Assert.Null(OcspRequest.ForGet(new Uri("http://ocsp.example.com/?of=this"), s_request));
    }
}
