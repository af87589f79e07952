using S2nTls.Certificates.Names;
using S2nTls.Certificates.Verification;
using S2nTls.Reliability.Chains.Cases;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Tests.Certificates;

/// <summary>Which names of a certificate are a host's (RFC 6125 §6.4, RFC 9110 §4.3.4).</summary>
public class HostNameMatchTests
{
    public static TheoryData<string> Named => [.. NamedCases.All.Values.Where(named => named.Name.StartsWith("name:", StringComparison.Ordinal) && named.Expected != Expected.Either).Select(named => named.Name)];

    [Theory]
    [MemberData(nameof(Named))]
    public void The_standard_decides(string name)
    {
        NamedCase named = NamedCases.All[name];
        ChainDraft chain = named.Make(1);
        bool isBorne = CertificateFields.TryRead(chain.Leaf.Encoded, out CertificateFields fields) && new HostNameMatch(chain.Host).IsBorneBy(fields);
        Assert.True(isBorne == (named.Expected == Expected.Accepted), named.Decides);
    }

    [Theory]
    [InlineData("www.example.com", "www.example.com", true)]
    [InlineData("WWW.example.COM", "www.example.com", true)]
    [InlineData("www.example.com.", "www.example.com", true)] // the host's dot, which is not sent
    [InlineData("www.example.com", "www.example.com.", false)]
    [InlineData("www.example.com", "*.example.com", true)]
    [InlineData("a-1.example.com", "*.example.com", true)]
    [InlineData("a_b.example.com", "*.example.com", false)]
    [InlineData("example.com", "*.example.com", false)]
    [InlineData("a.b.example.com", "*.example.com", false)]
    [InlineData("www.example.com", "*.com", false)]
    [InlineData("example.com", "*.com", false)]
    [InlineData("www.example.com", "w*.example.com", false)]
    [InlineData("www.example.com", "*", false)]
    [InlineData("www.example.com", "*.*.com", false)]
    [InlineData("www.example.com", "www.example.co", false)]
    [InlineData("www.example.com", "xwww.example.com", false)]
    [InlineData("localhost", "localhost", true)]
    [InlineData("localhost", "*", false)]
    [InlineData("bücher.example", "xn--bcher-kva.example", true)]
    [InlineData("127.0.0.1", "127.0.0.1", false)] // a DNS name is no address
    [InlineData("", "", false)]
    [InlineData("", "localhost", false)]
    public void DNS_names_are_compared_by_labels(string host, string name, bool expected)
    {
        Assert.Equal(expected, IsBorne(host, leaf => leaf.Names = [GeneralName.Dns(name)]));
        Assert.Equal(expected, IsBorne(host, leaf => (leaf.Names, leaf.Subject) = (null, DirectoryName.Common(name))));
        Assert.Equal(expected, IsBorne(host, leaf => leaf.Names = [GeneralName.Email("a@b.test"), GeneralName.Dns("first.test"), GeneralName.Dns(name)]));
        Assert.False(IsBorne(host, leaf => leaf.Names = [GeneralName.Uri(name)]));
        Assert.False(IsBorne(host, leaf => (leaf.Names, leaf.Subject) = ([GeneralName.Uri("urn:x")], DirectoryName.Common(name))));
        Assert.False(IsBorne(host, leaf => (leaf.Names, leaf.Subject) = ([GeneralName.Uri("urn:x"), GeneralName.Uri("urn:y")], DirectoryName.Common(name))));
        Assert.False(IsBorne(host, leaf => (leaf.Names, leaf.Subject) = ([GeneralName.Dns("other.test")], DirectoryName.Common(name))));
        Assert.Equal(expected, IsBorne(host, leaf => (leaf.Names, leaf.Subject) = ([GeneralName.Email("a@b.test")], DirectoryName.Common(name))));
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("2130706433", "127.0.0.1", true)] // so .NET reads it
    [InlineData("127.0.0.1", "127.0.0.2", false)]
    [InlineData("::1", "::1", true)]
    [InlineData("::1%1", "::1", true)] // the zone is this host's
    [InlineData("::1", "127.0.0.1", false)]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1", false)]
    public void Addresses_are_compared_as_such(string host, string address, bool expected)
    {
        Assert.Equal(expected, IsBorne(host, leaf => leaf.Names = [GeneralName.Address(address)]));
        Assert.Equal(expected, IsBorne(host, leaf => leaf.Names = [GeneralName.Dns("first.test"), GeneralName.Address(address)]));
        Assert.False(IsBorne(host, leaf => leaf.Names = [GeneralName.Dns(address)]));
        Assert.False(IsBorne(host, leaf => leaf.Names = [GeneralName.Uri(address)]));
        Assert.False(IsBorne(host, leaf => (leaf.Names, leaf.Subject) = (null, DirectoryName.Common(address))));
        Assert.False(IsBorne("first.test", leaf => (leaf.Names, leaf.Subject) = ([GeneralName.Address(address)], DirectoryName.Common("first.test"))));
    }

    [Theory]
    [InlineData("www.example.com", "www.example.com", true)]
    [InlineData("www.example.com", "*.example.com", true)]
    [InlineData("www.example.com", "other.test", false)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "127.1", true)] // as .NET reads it: a no of this is final, a yes is not
    [InlineData("127.0.0.1", "localhost", false)]
    [InlineData("::1%1", "::1", true)] // the zone is this host's
    [InlineData("", "", false)]
    public void What_s2n_asks_first_lets_pass_what_may_be(string host, string presented, bool expected) =>
        Assert.Equal(expected, new HostNameMatch(host).MayBe(System.Text.Encoding.UTF8.GetBytes(presented)));

    [Theory]
    [InlineData("www.example.com", "www.example.com")]
    [InlineData("www.example.com.", "www.example.com")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("127.0.0.1", null)]
    [InlineData("::1", null)]
    [InlineData("", null)]
    public void The_name_that_is_sent_is_the_hosts_in_ASCII(string host, string? sent) => Assert.Equal(sent, new HostNameMatch(host).WireName);

    [Fact]
    public void A_name_of_255_characters_is_the_longest()
    {
        string longest = string.Join('.', Enumerable.Repeat(new string('a', 63), 4));
        Assert.Equal(longest, new HostNameMatch(longest).WireName);
        Assert.Throws<ArgumentException>(() => new HostNameMatch(longest + "a"));
    }

    [Fact]
    public void The_last_common_name_counts_if_its_bytes_are_its_text()
    {
        foreach ((System.Formats.Asn1.UniversalTagNumber type, bool counts) in new[]
        {
            (System.Formats.Asn1.UniversalTagNumber.UTF8String, true), (System.Formats.Asn1.UniversalTagNumber.PrintableString, true), (System.Formats.Asn1.UniversalTagNumber.TeletexString, true),
            (System.Formats.Asn1.UniversalTagNumber.IA5String, false), (System.Formats.Asn1.UniversalTagNumber.BMPString, false),
        })
        {
            var right = new NameAttribute(NameAttribute.CommonName, "www.example.com") { StringType = type };
            var other = new NameAttribute(NameAttribute.CommonName, "other.test");
            Assert.Equal(counts, IsBorne("www.example.com", leaf => (leaf.Names, leaf.Subject) = (null, DirectoryName.Of(right))));
            Assert.Equal(counts, IsBorne("www.example.com", leaf => (leaf.Names, leaf.Subject) = (null, DirectoryName.Of(other, right))));
            Assert.False(IsBorne("www.example.com", leaf => (leaf.Names, leaf.Subject) = (null, DirectoryName.Of(right, other))));
        }
    }

    private static bool IsBorne(string host, Action<CertificateDraft> change)
    {
        ChainDraft chain = GoodChain.Make(new ChainKeys(new Random(1)), intermediates: 0, isClients: false);
        change(chain.Leaf);
        Assert.True(CertificateFields.TryRead(chain.Leaf.Encoded, out CertificateFields fields));
        return new HostNameMatch(host).IsBorneBy(fields);
    }
}
