using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Roots;
using S2nTls.Interop;
using static S2nTls.Testing.CertificateMaker;

namespace S2nTls.Tests.Certificates;

/// <summary>What s2n verifies peers against, and what tells one set of roots from another: sessions are resumed under the same only.</summary>
public class TrustAnchorsTests
{
    private static readonly X509Certificate2 s_first = Authority("First Anchor");
    private static readonly X509Certificate2 s_second = Authority("Second Anchor");
    private static readonly X509Certificate2 s_third = Authority("Third Anchor");
    private static readonly X509Certificate2 s_stranger = Authority("Stranger");
    private static readonly X509Certificate2 s_misleading = Authority("First Anchor", s_stranger);
    private static readonly X509Certificate2 s_alsoMisleading = Authority("Second Anchor", s_stranger);

    /// <summary>A root for .NET.</summary>
    private static readonly X509Certificate2 s_unreadable = UnreadableRoot.Make();

    [Fact]
    public void The_same_roots_are_the_same_in_any_order_and_however_often_they_are_there()
    {
        string all = DigestOf(s_first, s_second, s_third);
        Assert.Equal(all, DigestOf(s_third, s_second, s_first));
        Assert.Equal(all, DigestOf(s_second, s_first, s_third));
        Assert.Equal(all, DigestOf(s_first, s_second, s_third, s_first));
        Assert.Equal(all, DigestOf(s_first, s_second, s_third, X509CertificateLoader.LoadCertificate(s_second.RawData)));
    }

    [Fact]
    public void Others_are_others()
    {
        string[] digests = [DigestOf(), DigestOf(s_first), DigestOf(s_second), DigestOf(s_first, s_second), DigestOf(s_first, s_third), DigestOf(s_first, s_second, s_third)];
        Assert.Distinct(digests);
    }

    [Fact]
    public void What_misleads_counts_too_in_any_order()
    {
        string[] digests = [DigestOf(s_first, s_second), DigestOf(s_first, s_second, s_misleading), DigestOf(s_first, s_second, s_alsoMisleading), DigestOf(s_first, s_second, s_misleading, s_alsoMisleading)];
        Assert.Distinct(digests);
        Assert.Equal(digests[3], DigestOf(s_alsoMisleading, s_misleading, s_second, s_first));
    }

    [Fact]
    public void Neither_depends_on_which_digest_is_the_smaller()
    {
        // Of three there are six orders; a sum that takes them as they come has another value for some of them.
        X509Certificate2[][] orders = [[s_first, s_second, s_third], [s_first, s_third, s_second], [s_second, s_third, s_first], [s_third, s_first, s_second]];
        Assert.Single(orders.Select(order => DigestOf(order)).Distinct());
    }

    [Fact]
    public void One_that_s2n_cannot_read_is_left_out_where_nobody_has_chosen_it()
    {
        Assert.True(SelfSignature.IsOn(s_unreadable));
        using ConfigHandle config = ConfigHandle.Create();
        new TrustAnchors([s_unreadable, s_first]).AddTo(config, allOfThem: false);
    }

    [Fact]
    public void And_is_an_error_where_somebody_has()
    {
        using ConfigHandle config = ConfigHandle.Create();
        Assert.Throws<S2nException>(() => new TrustAnchors([s_unreadable, s_first]).AddTo(config, allOfThem: true));
        Assert.Throws<S2nException>(() => S2nContext.CreateClient(new S2nClientOptions { TrustedRoots = [s_first, s_unreadable] }));
    }

    private static string DigestOf(params X509Certificate2[] roots) => new TrustAnchors([.. roots]).Digest;
}
