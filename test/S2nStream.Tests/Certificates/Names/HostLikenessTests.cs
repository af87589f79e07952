using System.Text;
using S2nTls.Certificates.Names;

namespace S2nTls.Tests.Certificates;

/// <summary>Which common names look like the name of a host.</summary>
public class HostLikenessTests
{
    [Theory]
    [InlineData("www.example.com")]
    [InlineData("a.b")]
    [InlineData("a-1.b_2")]
    [InlineData("*.example.com")]
    [InlineData("www.example.com\0")] // a zero byte at the end means nothing
    public void Labels_with_dots_between_are_a_host(string name) => Assert.Equal(HostLikeness.Kind.Host, Of(name));

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("*.com")]
    [InlineData("Jane Doe")]
    [InlineData(".a.b")]
    [InlineData("a.b.")]
    [InlineData("-a.b")]
    [InlineData("a.b-")]
    [InlineData("a-.b")]
    [InlineData("a.-b")]
    [InlineData("a..b")]
    [InlineData("a.b/c")]
    [InlineData("jane@example.com")]
    public void A_person_or_one_label_is_none(string name) => Assert.Equal(HostLikeness.Kind.None, Of(name));

    [Theory]
    [InlineData("www.example.com ")]
    [InlineData("www.ex ample.com")]
    [InlineData("www.ex\u007fample.com")]
    [InlineData("www.exämple.com")]
    [InlineData("www.example\0.com")]
    [InlineData("local\0host")] // what ends at the zero byte is one label, for whoever reads so far
    public void Labels_with_other_characters_resemble_one(string name) => Assert.Equal(HostLikeness.Kind.Resembling, Of(name));

    private static HostLikeness.Kind Of(string name) => HostLikeness.Of(Encoding.UTF8.GetBytes(name));
}
