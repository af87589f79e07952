using S2nTls.Certificates.Verification;

namespace S2nTls.Tests.Certificates;

/// <summary>The extensions about policies are decoded as strictly as .NET does it (RFC 5280 §4.2.1.4, .5, .11, .14).</summary>
public class PolicyExtensionsTests
{
    [Theory]
    [InlineData("3000", true)]
    [InlineData("300730050603" + "2A0304", true)]
    [InlineData("300930070603" + "2A0304" + "3000", true)]
    [InlineData("300930070603" + "2A0304" + "0500", false)] // qualifiers are a sequence
    [InlineData("300B30090603" + "2A0304" + "30003000", false)]
    [InlineData("30023000", false)]
    [InlineData("30073005" + "0603" + "2A0384", false)] // an identifier that does not end
    [InlineData("30073005" + "0603" + "2A8004", false)] // one with a leading zero
    [InlineData("30073005" + "0603" + "802A04", false)] // at the beginning
    [InlineData("30073005" + "0603" + "2A8480", false)] // an octet of noughts, and no end
    [InlineData("30083006" + "0604" + "2A848004", true)]
    [InlineData("3004" + "30020600", false)]
    [InlineData("0500", false)]
    [InlineData("", false)]
    [InlineData("300000", false)]
    [InlineData("30030601" + "2A", false)]
    public void Policies(string value, bool isDecoded) => Assert.Equal(isDecoded, PolicyExtensions.IsPolicies(Convert.FromHexString(value)));

    [Theory]
    [InlineData("3000", true)]
    [InlineData("300A3008" + "06022A03" + "06022A04", true)]
    [InlineData("30063004" + "06022A03", false)]
    [InlineData("300C300A" + "06022A03" + "06022A04" + "0500", false)]
    [InlineData("300A3008" + "06022A83" + "06022A04", false)]
    [InlineData("300A3008" + "06022A03" + "06022A84", false)]
    [InlineData("0500", false)]
    public void Mappings(string value, bool isDecoded) => Assert.Equal(isDecoded, PolicyExtensions.IsMappings(Convert.FromHexString(value)));

    [Theory]
    [InlineData("3000", true, null)]
    [InlineData("3003800100", true, 0)]
    [InlineData("3003800105", true, 5)]
    [InlineData("3003810100", true, null)]
    [InlineData("3006800102810101", true, 2)]
    [InlineData("3004" + "80020100", true, 127)]
    [InlineData("3006" + "800400FFFFFF", true, 127)]
    [InlineData("3006810101800102", false, null)] // in the other order
    [InlineData("3003800180", false, null)] // negative
    [InlineData("3004" + "80020001", false, null)] // not the shortest form
    [InlineData("3007" + "80050100000000", false, null)] // more than 31 bits
    [InlineData("3002" + "8000", false, null)]
    [InlineData("3003820100", false, null)]
    [InlineData("3003020100", false, null)]
    [InlineData("0500", false, null)]
    public void Constraints(string value, bool isDecoded, int? required)
    {
        Assert.Equal(isDecoded, PolicyExtensions.IsConstraints(Convert.FromHexString(value), out int? requiredBelow));
        if (isDecoded)
        {
            Assert.Equal(required, requiredBelow);
        }
    }

    [Theory]
    [InlineData("020100", true)]
    [InlineData("02017F", true)]
    [InlineData("02020080", true)]
    [InlineData("02020100", true)]
    [InlineData("02027FFF", true)]
    [InlineData("0203008000", true)]
    [InlineData("0203010000", true)]
    [InlineData("02037FFFFF", true)]
    [InlineData("020400800000", true)]
    [InlineData("020401000000", true)]
    [InlineData("02047FFFFFFF", true)]
    [InlineData("020180", false)] // negative
    [InlineData("02028000", false)]
    [InlineData("0203800000", false)]
    [InlineData("020480000000", false)]
    [InlineData("02020001", false)] // not the shortest form
    [InlineData("0202007F", false)]
    [InlineData("0203007FFF", false)]
    [InlineData("0203000080", false)]
    [InlineData("0204007FFFFF", false)]
    [InlineData("020400008000", false)]
    [InlineData("02050080000000", false)] // more than 31 bits
    [InlineData("0200", false)]
    [InlineData("02010000", false)]
    [InlineData("0500", false)]
    public void Inhibition(string value, bool isDecoded) => Assert.Equal(isDecoded, PolicyExtensions.IsInhibition(Convert.FromHexString(value)));
}
