using System.Text;
using S2nTls.Certificates.Verification;
using S2nTls.Reliability.Chains.Making;
using Constraints = S2nTls.Reliability.Chains.Making.NameConstraints;
using Demands = S2nTls.Certificates.Names.NameConstraints;

namespace S2nTls.Tests.Certificates;

/// <summary>What is demanded of name constraints beyond AWS-LC and OpenSSL: where these read them differently, the narrower reading holds (RFC 5280 §4.2.1.10).</summary>
public class NameConstraintsTests
{
    private const string Host = "www.example.com";

    private static readonly DirectoryName s_nobody = DirectoryName.Common("somebody");

    [Theory]
    [InlineData("example.com", null)]
    [InlineData(".example.com", null)]
    [InlineData("", null)]
    [InlineData("example.com.", "a dot at its end")]
    [InlineData(".", "a dot at its end")]
    public void A_name_with_a_dot_at_its_end_is_no_constraint_on_either_side(string name, string? expected)
    {
        Check(expected, new([GeneralName.Dns(name)], []), GeneralName.Dns("www.example.com"));
        if (expected is not null)
        {
            Check(expected, new([], [GeneralName.Dns(name)]), GeneralName.Dns("www.example.com"));
        }
    }

    [Theory]
    [InlineData("255.255.255.0", false)]
    [InlineData("255.255.254.0", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("255.0.255.0", true)]
    [InlineData("0.255.255.255", true)]
    [InlineData("255.253.0.0", true)]
    [InlineData("127.255.255.255", true)]
    [InlineData("ffff:ffff::", false)]
    [InlineData("ffff::ffff", true)]
    [InlineData("fffd::", true)]
    public void A_network_has_a_mask_without_holes(string mask, bool hasHoles)
    {
        bool isV6 = mask.Contains(':', StringComparison.Ordinal);
        var constraints = new Constraints([GeneralName.Range(isV6 ? "2001:db8::" : "192.0.2.0", mask)], []);
        Check(hasHoles ? "mask has holes" : null, constraints, GeneralName.Address("192.0.2.1"));
        Check(null, constraints, GeneralName.Dns("www.example.com")); // there is nothing that it binds
    }

    [Theory]
    [InlineData("bar.example.com", "*.example.com", true)]
    [InlineData("BAR.Example.com", "*.example.COM", true)]
    [InlineData("example.com", "*.example.com", true)]
    [InlineData("a.bar.example.com", "*.example.com", false)]
    [InlineData("bar.example.org", "*.example.com", false)]
    [InlineData("com", "*.com.example", false)]
    [InlineData("bar.example.com", "foo.example.com", false)]
    public void A_wildcard_that_may_stand_for_an_excluded_host_is_refused(string excluded, string name, bool isRefused)
    {
        Check(isRefused ? "exclude a host" : null, new([], [GeneralName.Dns(excluded)]), GeneralName.Dns(name));
        Check(null, new([GeneralName.Dns(excluded)], []), GeneralName.Dns("a." + excluded), GeneralName.Uri("urn:x")); // permitted ones are for whoever builds the chain
    }

    [Theory]
    [InlineData("www.example.com.")]
    [InlineData(".")]
    public void A_bound_name_with_a_dot_at_its_end_is_refused(string name)
    {
        Check("more than one way", new([GeneralName.Dns("example.com")], []), GeneralName.Dns(name));
        Check("more than one way", new([], [GeneralName.Dns("example.org")]), GeneralName.Dns(name));
        Check(null, new([GeneralName.Email("example.com")], []), GeneralName.Dns(name));
    }

    [Theory]
    [InlineData($"https://{Host}/x", true)]
    [InlineData($"https://{Host}:8443/x", true)]
    [InlineData("spiffe://example.com", true)]
    [InlineData($"https://{Host}@other.example/x", false)]
    [InlineData("https://[::1]/x", false)]
    [InlineData("https://b%61r.example.com/x", false)]
    [InlineData($"https://{Host}./x", false)]
    [InlineData($"https://{Host}?x", false)]
    [InlineData($"https://{Host}/a:b", false)]
    [InlineData($"https://{Host}:x/", false)]
    [InlineData("https:///x", false)]
    [InlineData("urn:x:y", false)]
    [InlineData($"a:b://{Host}/", false)]
    [InlineData($"://{Host}/", false)]
    public void A_bound_URI_has_a_host_that_everybody_reads_alike(string uri, bool isPlain)
    {
        Check(isPlain ? null : "more than one way", new([GeneralName.Uri(".example.com")], []), GeneralName.Uri(uri));
        Check(isPlain ? null : "more than one way", new([], [GeneralName.Uri("other.test")]), GeneralName.Uri(uri));
        Check(null, new([GeneralName.Dns("example.com")], []), GeneralName.Dns("www.example.com"), GeneralName.Uri(uri));
    }

    [Theory]
    [InlineData("foo@example.com", true)]
    [InlineData("foo.bar+x@example.com", true)]
    [InlineData("\"foo\"@example.com", false)]
    [InlineData("foo@bar@example.com", false)]
    [InlineData("@example.com", false)]
    [InlineData("foo@", false)]
    [InlineData("foo@exam_ple.com", false)]
    [InlineData("foo", false)]
    [InlineData("foo@example.com.", false)]
    public void A_bound_mailbox_needs_no_quotes(string mailbox, bool isPlain)
    {
        Check(isPlain ? null : "more than one way", new([GeneralName.Email("example.com")], []), GeneralName.Email(mailbox));
        Check(isPlain ? null : "more than one way", new([], [GeneralName.Email("other.test")]), InSubject(mailbox));
        Check(isPlain ? null : "more than one way", new([GeneralName.Email("example.com")], []), InSubject(mailbox));
        Check(isPlain ? null : "more than one way", new([], [GeneralName.Email("other.test")]), GeneralName.Email(mailbox));
    }

    [Theory]
    [InlineData("FOO@example.com", true)]
    [InlineData("foo@EXAMPLE.com", true)]
    [InlineData("bar@example.com", false)]
    public void An_excluded_mailbox_is_excluded_in_whatever_case(string excluded, bool isRefused)
    {
        Check(isRefused ? "exclude a mailbox" : null, new([], [GeneralName.Email(excluded)]), GeneralName.Email("foo@example.com"));
        Check(isRefused ? "exclude a mailbox" : null, new([], [GeneralName.Email(excluded)]), InSubject("foo@example.com"));
    }

    [Fact]
    public void What_is_excluded_of_another_type_is_no_mailbox() =>
        Check(null, new([], [GeneralName.Directory(s_nobody), GeneralName.Dns("foo@example.com")]), GeneralName.Email("foo@example.com"));

    [Theory]
    [InlineData("@example.com", true)]
    [InlineData("foo@", true)]
    [InlineData("", true)]
    [InlineData("foo@example.com", false)]
    [InlineData(".example.com", false)]
    [InlineData("example.com", false)]
    public void A_constraint_on_mailboxes_is_a_mailbox_a_host_or_a_domain(string constraint, bool isRefused)
    {
        Check(isRefused ? "a mailbox that is none" : null, new([GeneralName.Email(constraint)], []), GeneralName.Email("bar@example.org"));
        Check(isRefused ? "a mailbox that is none" : null, new([GeneralName.Email(constraint)], []), InSubject("bar@example.org"));
        Check(null, new([GeneralName.Email(constraint)], []), GeneralName.Dns("www.example.com"));
    }

    [Fact]
    public void A_distance_is_refused_even_where_it_is_the_default()
    {
        Check("least or greatest distance", new([GeneralName.Dns("example.com")], [], Minimum: 0), GeneralName.Dns("www.example.com"));
        Check("least or greatest distance", new([GeneralName.Directory(DirectoryName.Common("x"))], [], Maximum: 1));
        Check(null, new([GeneralName.Email("example.com")], [], Minimum: 0), GeneralName.Dns("www.example.com"));
    }

    [Theory]
    [InlineData("www.example.com", null)]
    [InlineData("*.www.example.com", null)]
    [InlineData("EXAMPLE.com", null)]
    [InlineData("Jane Doe", null)]
    [InlineData("localhost", null)]
    [InlineData("jane@other.test", null)]
    [InlineData("host/www.other.test", null)]
    [InlineData("-a.test", null)]
    [InlineData("www.other.test", "common name")]
    [InlineData("badexample.com", "common name")]
    [InlineData("www_1.other.test", "common name")]
    [InlineData("*.other.test", "common name")]
    [InlineData("www.example.com ", "common name")]
    [InlineData("www.exämple.com", "common name")]
    [InlineData("www.example\0.com", "common name")]
    [InlineData("bad.example.com", "common name")]
    [InlineData("x.bad.example.com", "common name")]
    [InlineData("*.example.com", "common name")]
    public void A_common_name_that_looks_like_a_host_is_bound_where_there_are_no_DNS_names(string commonName, string? expected)
    {
        var constraints = new Constraints([GeneralName.Dns("example.com")], [GeneralName.Dns("bad.example.com")]);
        string? unmet = Find(constraints, DirectoryName.Common(commonName), []);
        Assert.Contains(expected ?? "", unmet ?? "", StringComparison.Ordinal);
        Assert.Equal(expected is null, unmet is null);
        Assert.Null(Find(constraints, DirectoryName.Common(commonName), [GeneralName.Dns("www.example.com")]));

        // One that only resembles a host's is refused whatever is constrained.
        bool resembles = commonName.AsSpan().IndexOfAny(" ä\0") >= 0 && commonName.Contains('.', StringComparison.Ordinal);
        Assert.Equal(resembles, Find(new([GeneralName.Email("example.com")], []), DirectoryName.Common(commonName), []) is not null);
    }

    [Theory]
    [InlineData("www.example.com", null)]
    [InlineData("a.www.example.com", null)]
    [InlineData("example.com", "common name")] // the dot stands for one label at least
    [InlineData("www.example.org", null)]
    [InlineData("www.other.test", "common name")]
    public void A_common_name_is_permitted_by_any_of_the_constraints(string commonName, string? expected) =>
        Check(expected, new([GeneralName.Dns(".example.com"), GeneralName.Dns("example.org")], []), (DirectoryName.Common(commonName), []));

    [Fact]
    public void A_person_has_no_name_that_constraints_bind()
    {
        Assert.False(Demands.MayBind(default, DirectoryName.Common("Jane Doe").Encode()));
        Assert.True(Demands.MayBind(default, DirectoryName.Common("www.example.com").Encode()));
        Assert.True(Demands.MayBind(default, InSubject("jane@example.com").Item1.Encode()));
        Assert.True(Demands.MayBind(GeneralName.Dns("www.example.com").Encode(), DirectoryName.Common("Jane Doe").Encode()));
    }

    [Fact]
    public void Every_common_name_counts_in_whatever_encoding()
    {
        var constraints = new Constraints([GeneralName.Dns("example.com")], []);
        foreach (System.Formats.Asn1.UniversalTagNumber type in new[] { System.Formats.Asn1.UniversalTagNumber.BMPString, System.Formats.Asn1.UniversalTagNumber.TeletexString, System.Formats.Asn1.UniversalTagNumber.PrintableString })
        {
            DirectoryName name = DirectoryName.Of(new NameAttribute(NameAttribute.CommonName, "a.example.com"), new NameAttribute(NameAttribute.CommonName, "www.other.test") { StringType = type });
            Assert.NotNull(Find(constraints, name, []));
        }
    }

    [Theory]
    [InlineData(1024, 1024, false)]
    [InlineData(1024, 1025, true)]
    [InlineData(8000, 200, true)]
    public void More_than_a_million_comparisons_are_refused(int names, int constraints, bool isRefused) => Check(
        isRefused ? "too many" : null,
        new([], [.. Enumerable.Repeat(GeneralName.Dns("a.b"), constraints)]),
        [.. Enumerable.Repeat(GeneralName.Dns("c.d"), names)]);

    [Fact]
    public void What_cannot_be_decoded_is_refused()
    {
        Assert.NotNull(Demands.FindUnmet([0x30, 0x00], default, default));
        Assert.NotNull(Demands.FindUnmet([0xa0, 0x05], default, default));
        Assert.Null(Demands.FindUnmet(default, default, default));
    }

    private static (DirectoryName, GeneralName[]) InSubject(string mailbox) =>
        (DirectoryName.Of(new NameAttribute("1.2.840.113549.1.9.1", mailbox) { StringType = System.Formats.Asn1.UniversalTagNumber.IA5String }), []);

    private static void Check(string? expected, Constraints constraints, params GeneralName[] names) => Check(expected, constraints, (s_nobody, names));

    private static void Check(string? expected, Constraints constraints, (DirectoryName Subject, GeneralName[] Names) leaf)
    {
        string? unmet = Find(constraints, leaf.Subject, leaf.Names);
        Assert.Contains(expected ?? "", unmet ?? "", StringComparison.Ordinal);
        Assert.Equal(expected is null, unmet is null);
    }

    private static string? Find(Constraints constraints, DirectoryName subject, GeneralName[] names)
    {
        var whole = new DerReader(constraints.Encode());
        return Demands.FindUnmet(whole.Read(DerReader.Sequence), names.SelectMany(name => name.Encode()).ToArray(), subject.Encode());
    }
}
